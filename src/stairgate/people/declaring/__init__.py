"""What everybody declares once a year about their own social media: yes, no, or help, please. Never a name of an account."""
