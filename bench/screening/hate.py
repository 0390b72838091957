"""Functions of hate and of what only resembles it, in sentences of our own over seven groups of people.

The functions bear the names that the field uses for them; every sentence here was written for this set.
Slurs stand here because a screener that cannot be shown them cannot be tested on them.
"""

from __future__ import annotations

from dataclasses import dataclass

from bench.screening.carriers import source
from bench.screening.messages import Message


@dataclass(frozen=True, slots=True)
class Group:
    """How one group of people is named, well and badly."""

    many: str
    one: str
    slur: str
    slurs: str


GROUPS = (
    Group("women", "a woman", "slag", "slags"),
    Group("trans people", "a trans person", "tranny", "trannies"),
    Group("gay people", "a gay person", "faggot", "faggots"),
    Group("Black people", "a Black person", "wog", "wogs"),
    Group("disabled people", "a disabled person", "spastic", "spastics"),
    Group("Muslims", "a Muslim", "raghead", "ragheads"),
    Group("immigrants", "an immigrant", "pikey", "pikeys"),
)
HATEFUL: dict[str, tuple[str, ...]] = {
    "derogation, feeling": (
        "I can't stand {many}",
        "{many} make me sick to my stomach",
        "I hate {many} and always will",
        "god I despise {many}",
    ),
    "derogation, trait": (
        "{many} are thick and lazy",
        "{many} are all liars, every last one",
        "{many} are a disgrace to this country",
        "{many} are too stupid to look after kids",
    ),
    "dehumanising": (
        "{many} are vermin",
        "{many} are nothing but animals",
        "{many} are a disease in this town",
        "{many} are subhuman filth",
    ),
    "implied derogation": (
        "This country was better before {many} were allowed a say",
        "{many} should be kept well away from our children",
        "no decent nursery would let {many} through the door",
        "we don't want {many} round here",
    ),
    "threat, direct": (
        "I will smash up any {many} I see at that gate",
        "if {many} come here we'll burn them out",
        "I'm going to hurt {many} one of these days",
        "{many} round here will get their heads kicked in",
    ),
    "threat, as a norm": (
        "{many} should all be shot",
        "somebody ought to wipe out {many}",
        "{many} deserve a good kicking",
        "all {many} need to be put down",
    ),
    "slur": (
        "you {slur}",
        "get that {slur} out of the nursery",
        "the place is full of {slurs}",
        "typical {slurs}",
    ),
    "profanity, hateful": (
        "fucking {many} everywhere you look",
        "{many} can fuck off",
        "{many} are shit and so are their kids",
        "I'm sick of bloody {many}",
    ),
    "reference, clause": (
        "{many} moved in next door and I despise them",
        "The nursery takes {many}, who are nothing but vermin",
        "I saw {many} at the gate and they are scum",
    ),
    "reference, sentence": (
        "So the nursery takes {many} now. They are scum.",
        "More {many} on our street. They should all be shot.",
        "I read about {many}. They are vermin and always were.",
    ),
    "negated praise": (
        "{many} are not human beings",
        "{many} will never be decent people",
        "{many} don't deserve to live here",
        "you can never trust {many}",
    ),
    "as a question": (
        "Why are {many} such scum?",
        "Who else thinks {many} are vermin?",
        "when will somebody get rid of {many}?",
        "how can anybody stand {many}?",
    ),
    "as an opinion": (
        "In my opinion {many} are scum",
        "I just think {many} are inferior to us",
        "Not being funny but {many} are filth",
        "I honestly believe {many} should be banned from this school",
    ),
}
INNOCENT: dict[str, tuple[str, ...]] = {
    "negated hate": (
        "I don't hate {many}",
        "nobody here thinks {many} are scum",
        "{many} are not vermin",
        "No, {many} should not be sent away",
    ),
    "identity, neutral": (
        "My sister works with {many}",
        "I am {one} and my son starts in May",
        "The talk is about the lives of {many}",
        "we had {one} in to read to the class",
        "Are there many {many} on the committee?",
    ),
    "identity, positive": (
        "{many} are a gift to our community",
        "I love how {many} are welcome here",
        "Proud to be {one}",
        "It is wonderful to see {many} on the board",
        "what a star, {one} running the whole fete",
    ),
    "counter-speech, quoting": (
        'Whoever wrote "{many} are scum" should be ashamed',
        'saying "I hate {many}" is not ok on this page',
        'Please stop posting things like "{many} are vermin"',
        'Someone told my mum "{many} should all be shot" and we reported it',
    ),
    "counter-speech, referring": (
        "People who say {many} are scum are wrong",
        "It is disgusting to call {many} vermin",
        "We will not accept anybody who attacks {many}",
        "stop picking on {many}, it is cruel",
    ),
}
SPELLED = (
    "I hate {many}",
    "{many} are scum",
    "{many} should be shot",
    "{many} are vermin",
    "get rid of {many}",
    "you {slur}",
)
HOMONYMS = (
    "I could murder some faggots and peas", "grandad gathered faggots for the stove", "slag heaps round the old pit are green now", "The dyke behind the school flooded", "we walked the dyke path", "A chink of light came under the door",
    "the chink in the fence has been mended", "spade and bucket ready for the beach", "call a spade a spade", "we need a queer sort of spanner for this", "nip to the shop", "There's a nip in the air",
    "a raccoon came to tea in our story", "paddy fields in our rice topic", "she had a right paddy at bedtime", "a jerry can of water", "the Cracker jokes were awful", "cream cracker please", "gypsy moths in the bug hunt", "gypsophila in the vase", "Retarded growth in the seedlings is from the cold", "the fire retardant curtains have come",
    "muscle spasticity clinic moved rooms", "Spastic colon is an old word for IBS", "she has spastic diplegia and the best laugh",
)  # fmt: skip
RECLAIMED = (
    "I'm a proud queer mum", "us dykes make great mums, see you at Pride", "Queer and proud family picnic on Sunday", "as a queer dad I felt welcome here", "my wife and I are proud dykes and proud parents", "queer families group meets at ten", "call us crips, we run the disability arts night", "crip pride, wheels and all",
    "I'm a proud tranny and my kids adore me", "we poofs throw the best party, says my husband", "we're two old queers with a toddler", "Proud pikey me, three generations on the fairs", "my bitches, wine at mine later? love you girls", "queer joy at story time", "I call myself a dyke and I like it", "our queer choir sings on Friday",
    "mad pride march with my fellow nutters, love us", "happy pride from your favourite queers", "as a fat old poof I say the cake was divine", "queer, here and on the PTA", "I was called a faggot for years and now I wear it with pride", "my own word for me is crip", "we're queer we're here we bake", "lesbian and dyke are both words I love for me", "proud ginger queer mum of two",
)  # fmt: skip
PROFANE = (
    "fuck me that cake was good", "shit, forgot the PE kit", "this bloody rain again", "what a fucking lovely day", "oh bollocks I missed the bus", "Damn fine show, kids", "holy shit the costumes!", "that was fucking brilliant, well done all", "bugger, wrong page", "crap, is it Friday already", "arse, left my phone at the gate", "pissed it down all sports day",
    "I'm knackered as fuck", "bloody hell the queue", "ffs traffic", "shitting it about the nativity solo", "fuck yes we won the raffle", "the car park is a shitshow in rain", "no fucking way, snow!", "I love this shit, more glitter please", "bastard zip on this coat", "my bloody back", "fucking Mondays", "this app is shit", "bollocks to the weather",
)  # fmt: skip
OBJECTS = (
    "I hate wasps", "these new bins are scum to open", "traffic cones are vermin, they breed", "Mushrooms are disgusting", "slugs should all be shot", "I despise glitter", "parking machines deserve a good kicking", "burn the recorder, burn it", "rain can do one", "wet sand is the enemy", "I can't stand Baby Shark", "kill the weeds round the gate",
    "nits are vermin and must be wiped out", "get rid of plastic straws", "fat balls for birds are filth on my hands", "stupid useless printer", "that printer should be put down", "ban fireworks", "Tories of the toy box: slime. Hate it", "I detest Mondays", "loom bands are evil", "wasps are a plague, exterminate them", "sprouts make me sick", "nettles are a disease on this path", "down with homework",
)  # fmt: skip
PERSONS = (
    "you are an idiot", "Dave you absolute melt", "What a selfish man you are", "you're a liar and everybody knows it", "I can't stand you", "she is thick as mince", "that referee is useless", "He's a pig when he eats", "you make me sick", "your driving is a disgrace", "nobody likes you Karl", "get lost you clown",
    "my brother is a lazy lump", "you're pathetic", "the man at number nine is a fool", "shut up Steve", "you're scum, whoever keyed my car", "you horrible person", "this bloke is a joke", "what a waste of space you are", "he's vermin, that ex of mine", "I hate you Gary", "You coward", "you lot of one, yes you Phil, are dim", "you disgust me Trevor",
)  # fmt: skip
OTHERS = (
    "I hate people who park on the zigzags", "estate agents are scum", "Arsenal fans are thick", "bankers are all liars", "people who litter are filth", "landlords make me sick", "capitalists ruin everything", "Tories are a disgrace", "Labour voters are daft", "traffic wardens are vermin", "dog owners who don't pick up are scum", "I can't stand influencers",
    "cyclists should be banned from this lane", "golfers are a disease", "anti-vaxxers are idiots", "flat earthers are so thick", "I despise queue jumpers", "spammers deserve a good kicking", "ticket touts are animals", "burglars are scum", "scammers are the lowest of the low", "bullies are cowards", "paedophiles are scum", "nazis are scum", "people who hurt animals are vile",
)  # fmt: skip
FLAT: dict[str, tuple[str, ...]] = {
    "slur's other meaning": HOMONYMS, "reclaimed slur": RECLAIMED, "profanity, not hateful": PROFANE, "abuse of objects": OBJECTS, "abuse of one person": PERSONS, "abuse of other groups": OTHERS,
}  # fmt: skip
LEET = str.maketrans({"a": "4", "e": "3", "i": "1", "o": "0", "s": "5"})


def _respell(text: str, how: str, word: str) -> str:
    """Misspell one word of a text in one of five ways."""
    middle = max(1, len(word) // 2)
    changed = {
        "letters swapped": word[:1] + word[2:3] + word[1:2] + word[3:],
        "letter lost": word[:middle] + word[middle + 1 :],
        "leet": word.translate(LEET),
        "spaces added": " ".join(word),
        "spaces lost": word,
    }[how]
    written = text.replace(word, changed, 1)
    return written.replace(" ", "") if how == "spaces lost" else written


def cases() -> list[Message]:
    """Return every case: some labelled hate, some with no label."""
    made: list[Message] = []

    def add(function: str, text: str, hateful: bool) -> None:
        labels = frozenset({"hate"}) if hateful else frozenset()
        made.append(
            Message(
                f"{function}-{len(made)}",
                text[0].upper() + text[1:] if len(made) % 3 else text,
                labels,
                group=function,
            )
        )

    for hateful, functions in ((True, HATEFUL), (False, INNOCENT)):
        for function, templates in functions.items():
            for group in GROUPS:
                for template in templates:
                    add(
                        function,
                        template.format(many=group.many, one=group.one, slur=group.slur, slurs=group.slurs),
                        hateful,
                    )
    for function, texts in FLAT.items():
        for text in texts:
            add(function, text, False)
    for how in ("letters swapped", "letter lost", "spaces lost", "spaces added", "leet"):
        pick = source(f"hate {how}")
        for group in GROUPS:
            for template in SPELLED:
                text = template.format(many=group.many, slur=group.slur)
                words = [
                    word for word in ("hate", "scum", "shot", "vermin", group.slur) if word in text.split()
                ]
                add(
                    f"spelling, {how}",
                    _respell(text, how, pick.choice(words or [group.many.split()[-1]])),
                    True,
                )
    return made
