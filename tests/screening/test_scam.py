"""What wants money, details or a click; and the raffle, the invoice and the warning about scams."""

from __future__ import annotations

import pytest

from stairgate.screening import Action, Category, Severity
from tests.screening.cast import going_out, gravest, ruled

CATEGORY = Category.SCAM
FOUND = [
    "Ray Ban 90% off today only www.rb-sale.example",
    "Nike trainers clearance, £15, link below, hurry",
    "Get 10k followers for your page cheap, DM for prices",
    "forex mentor changed my life, message him on telegram",
    "bitcoin is the future, I turned £200 into £5,000, ask me how",
    "Kindly send your card number and cvv so we can process refund",
    "Thank you Mr Brian Trading for my profit of £12,000 in one week",
    "Who wants their fees paid for a year? First 20 mums to inbox me",
    "need a loan? low interest, no credit check, apply today whatsapp",
    "Instant cash loans for mums, bad credit welcome, apply in 2 mins",
    "Puppies for sale, deposit to hold, can deliver, pay by bank transfer",
    "Follow our new page Willow Lane Nursery Official, this one is closing",
    "I work 2 hrs a day on my phone and made 4k last month, ask me how hun",
    "Selling 2 nativity tickets, cant make it, bank transfer only, inbox me",
    "I am a rich widow wants to donate 2 million to your school please reply",
    "Season tickets for the panto going cheap, paypal friends and family only",
    "Dear customer your account is suspended verify now to avoid losing access",
    "New office mobile!! Text us here from now on and we'll send the payment link",
    "We noticed unusual login to your Facebook page. Click to secure your page now",
    "your invoice is overdue, pay now via the link or your place will be cancelled",
    "giving away a free pram to a lucky family, share and click the link in my profile",
    "Win a family trip to Disneyland! Like, share, then register at disney-win.example",
    "URGENT: secure your child's September place today with a £150 deposit to this link",
    "Sarah's account was hacked, anyway add me on this new one and send the deposit there",
    "Verify your Tax-Free Childcare account today or lose your £2,000: tfc-verify.example",
    "Looking for 5 mums who want to earn £300 a week from home, no experience, comment YES",
    "Claim your free school meals voucher before midnight, only 50 left http://fsm.example",
    "Parents are owed up to £500 in childcare refunds. Fill in this form with your card details",
    "Your parcel could not be delivered, pay the £2.99 redelivery fee at royalmail-post.example",
    "hi admin i am from facebook support your page is reported, log in with the link within 24h",
    "Hun check your inbox, I'm stuck abroad and need £200 in gift cards, will pay back tonight x",
    "My aunt is giving away her late husbands piano for free, you only pay the movers. message me",
    "Congratulations!! You have been selected for a free Tesco hamper, just pay £1.95 postage here",
    "we lost everything in the fire, please donate what you can, transfer to the account in my bio",
    "The council will stop your 30 hours unless you reconfirm by midnight at 30hours-check.example",
    "I was struggling with bills until Mrs Ada helped me trade, now I make £3000 weekly, contact her",
    "Anyone else get the £280 energy rebate for nursery families? Took two minutes, link in comments",
    "Ladies I have 6 Dysons left over from an event, £50 postage included, first come, bank transfer",
    "Government is giving every family £750 for the cost of living, I got mine, click the link to apply",
    "Selling two Take That tickets because of a bereavement, £40 each, PayPal friends and family please",
    "Hi it's the manager, I've got a new number, can you transfer the fees to my personal account for now?",
    "Hi parents, our bank account is being audited so please send this month's fees to the new sort code below",
]
LEFT_ALONE = [
    "Viva la pancakes",
    "Follow our page for updates",
    "I'm coming for you, cake stall!",
    "We made £312 from the cake sale",
    "I've paid the invoice, thank you",
    "Is there a discount for siblings",
    "Earn your gardening badge with us",
    "Win or lose they all got a sticker",
    "I won the hamper!! thank you so much",
    "We won the lottery with this nursery",
    "The new payment app is great, so easy",
    "I work from home so can collect early",
    "Limited spaces on the trip so book soon",
    "The voucher you gave the staff was lovely",
    "The two mums in Acorns made the best cake",
    "Lego for sale, £5, proceeds to the raffle",
    "Do you accept Tax-Free Childcare vouchers?",
    "Please message me if you find a blue scarf",
    "He has a coin from Egypt to show the class",
    "The prize for best hat goes to the Saplings",
    "New number for the office is on the website",
    "Is the raffle still on? I'd like two tickets",
    "Does the deposit come off the first invoice?",
    "Free tea and cake for grandparents on Friday",
    "Beware a scam email about fees is going round",
    "They are giving away compost at the allotment",
    "the council paid the 30 hours after all, phew",
    "Can I claim the free school meals through you?",
    "Please can you send me the link for the photos",
    "The energy rebate paid for new coats this year",
    "Can I get a refund for the week we were closed?",
    "Our page has reached 1,000 followers, thank you",
    "Free trial session on Saturday, no need to book",
    "Remembrance service on Sunday, wear your uniform",
    "Thank you for the vouchers, they meant the world",
    "PTA pre-loved uniform sale Saturday, all items £1",
    "Fees are due on the 1st, by standing order as usual",
    "My husband is investing time in building a mud kitchen",
    "First come first served for seats at the carol concert",
    "Book now for our holiday club! Limited places, £30 a day",
    "Donations of nappies for the food bank by the door please",
    "Someone has cloned my facebook, please ignore any messages",
    "Could you send me the code for the door, I've forgotten it",
    "Click on the link in the newsletter to book parents evening",
    "I work from home two days so could do Tuesday stay and play",
    "Royal Mail left a parcel for the nursery with us at number 9",
    "Apply for your 30 hours code at gov.uk before the end of term",
    "We've got a free pram if anyone needs one, collect from the hall",
    "My direct debit bounced, sorry, can I pay by card at the office?",
    "Our Amazon wish list is on the board if anyone would like to help",
    "my bank changed so my standing order failed, sorry, will pay today",
    "Please settle invoices by Friday, at the desk or by standing order",
    "Are there any Romanian speaking staff? My mum wants to settle her in",
    "Has anyone got two tickets for Thursday's play? ours clash with work",
    "Is the new mobile number on the website right? I rang it and no answer",
    "Could you resend the bank details for fees please, I've lost the letter",
    "The account was locked out after three tries, can the office reset my app?",
    "Has anyone got a spare ticket for the nativity for nan? happy to pay face value",
]


def told(text: str) -> Severity | None:
    return gravest(CATEGORY, ruled(text))


@pytest.mark.clause("C39")
@pytest.mark.parametrize("text", FOUND)
def test_a_scam_is_brought_to_a_person(text: str) -> None:
    assert told(text) in (Severity.LOOK, Severity.HOLD, Severity.HARM)
    assert ruled(text).action is not Action.PASS


@pytest.mark.clause("C39")
@pytest.mark.parametrize("text", LEFT_ALONE)
def test_honest_money_is_left_alone(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize("text", FOUND[:8])
def test_case_and_unseen_characters_hide_nothing(text: str) -> None:
    assert told(text.upper()) is not None
    assert told("\u200b".join(text)) is not None


@pytest.mark.clause("C39")
def test_our_own_hijacked_page_is_noticed_too() -> None:
    post = "New account for fees! Sort code 00-11-22, pay today or your child loses the place"
    assert any(finding.category is CATEGORY for finding in going_out(post).findings)


@pytest.mark.clause("C39")
def test_our_own_notices_are_left_alone() -> None:
    for post in (
        "We'll never send new bank details by Facebook, text or e-mail.",
        "Fees are due on the 1st. They're on your invoice, as ever.",
        "The raffle made £412! First prize, the hamper, went to Owlets.",
    ):
        assert [finding for finding in going_out(post).findings if finding.category is CATEGORY] == []
