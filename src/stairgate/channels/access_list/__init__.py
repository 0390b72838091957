"""Who can reach an account on the network itself: read or looked at there, and compared with the register."""
