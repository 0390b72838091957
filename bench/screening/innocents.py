"""Innocent words, names and things that look rude or disguised and are neither."""

from __future__ import annotations

from bench.screening.carriers import INNOCENT, source
from bench.screening.messages import Message

PLACES = """Scunthorpe; Penistone; Clitheroe; Lightwater; Cockermouth; Middlesex; Essex; Sussex; Wessex; Shitterton; Twatt in Orkney;
Cockfosters; Cockington; Cockpole Green; Cocking; Titchfield; Titty Hill; Tittensor; Titchwell; Wetwang; Bitchfield; Bell End, Rowley Regis;
Horncastle; Assington; Nether Wallop; Great Snoring; Butt Lane; Buttermere; Buttershaw; Great Cockup; Pratts Bottom; Six Mile Bottom;
Broadbottom; Ramsbottom; Rowbottom; Botusfleming; Shittlehope; Sandy Balls; Thong; Ugley; Nasty in Hertfordshire; Dicker; Upper Dicker;
Lower Dicker; Dickleburgh; Dickens Heath; Dykehead; Slaggyford; Slaithwaite; Slapton; Hoo; Hookwood; Hore Abbey; Whorlton; Whorley; Fingringhoe;
Prickwillow; Pricklegate; Pissinghurst Wood; Piddletrenthide; Piddlehinton; Tolpuddle; Puddletown; Affpuddle; Crapstone; Crackpot; Crapham Hill;
Faggot Lane; Fugglestone; Fuchsia Close; Shagpile Court; Shagg Rock; Shaggs; Ballsbridge; Balls Cross; Knob Hall Gardens; Knobber's Hill; Nob End;
Arscott; Arsenal; Arsley; Assheton; Passenham; Bassingbourn; Bassenthwaite; Cassington; Glasson Dock; Massingham; Gassons Road; Wank Mountain;
Wanstead; Wankford; Cumbria; Cumnock; Cumbernauld; Cumnor; Scarborough; Cuntham Row... no, Cantham; Tossa de Mar; Tosside; Sluts Hole Lane;
Hardcastle Crags; Semer Water; Minge Lane, Upton; Muff in Donegal; Lickey End; Lickfold; Spurn Head; Swell; Lower Swell; Beer in Devon; Loose in Kent;
Rimswell; Rimington; Pant in Shropshire; Pantymwyn; Pentreath; Cwmbran; Fanny Avenue; Fannyfield; Nobottle; Bonehill; Bonar Bridge; Willey; Wormelow
Tump; Tump Street; Great Tew; Coxhoe; Coxley; Peover; Peniarth; Penicuik; Penistone Line; Pennycross; Analong... Annalong; Canal Street; Banal Row;
Brown Willy; Rough Tor; Burnt Ass Hill... Burntash Hill; Tarset; Dorset; Corsham; Corset Lane; Hassocks; Bassetlaw; Plassey Street""".replace(
    "\n", " "
)
NAMES = """Mrs Cockburn; Mr Dickinson; Miss Hancock; Alan Titchmarsh; Mr Cox; Mrs Hiscock; Mr Babcock; Mrs Woodcock; Mr Alcock; Mrs Peacock; Mr
Glasscock; Mrs Adcock; Mr Laycock; Mrs Wilcock; Mr Pocock; Miss Silcock; Mr Hitchcock; Mrs Bullock; Mr Bullocks; Mrs Shufflebottom; Mr Winterbottom;
Mrs Longbottom; Mr Sidebottom; Mrs Higginbottom; Mr Dyke; Mrs Van Dyck; Mr Dick Turpin; Dick Whittington; Mrs Wang; Mr Wanklyn; Mrs Wankling; Mr
Fuchs; Mrs Fuller; Mr Fukuda; Mrs Kuntz; Mr Kunte; Mrs Shittu; Mr Shitole; Mrs Sh'mit; Mrs Schitt; Mr Cummings; Mrs Cumberbatch; Mr Cumming; Miss Hoare; Mrs Hoar;
Mr Hoe; Mrs Crapper; Mr Crapp; Mrs Gaylord; Mr Gay; Mrs Butt; Mr Butts; Mrs Butterworth; Mr Balls; Mrs Ball; Mr Bastard of Kitley... Mr Bastable; Mrs Assad;
Mr Hassan; Mrs Bass; Mr Cassidy; Mrs Massey; Mr Vass; Mrs Wass; Mr Passmore; Mrs Tittle; Mr Titmuss; Mrs Tittensor; Mr Fagan; Mrs Faggetter; Mr Niger; Mrs
Slagg; Mr Slater; Mrs Slutsky; Mr Pricket; Mrs Prickett; Mr Rapson; Mrs Raper; Mr Analu; Mrs Nobbs; Mr Nobby; Mrs Twatley... Mrs Twaite; Mr Twiss; Mrs Bitcham;
Mr Beach; Mrs Birch; Mr Pratt; Mrs Spratt; Mr Sodhi; Mrs Sodergren; Mr Bugg; Mrs Bugger-Smith... Mrs Buggins; Mr Damm; Mrs Dammers; Mr Helliwell; Mrs Hell; Mr
Lusty; Mrs Gotobed; Mr Death; Mrs Bloodworth; Mr Dong; Mrs Phuc Nguyen; Mr Phuket; Mrs Wiener; Mr Johnson; Mrs Willy Wonka; Mr Arshad; Mrs Arsenault; Mr Arsenovic; Miss
Kockelman; Mrs Assunta; Mr Cuthbert; Mrs Cunningham; Mr Canty; Mrs Count; Mr Shitaki; Mr Shipman; Mrs Sheet; Mr Shute""".replace(
    "\n", " "
)
CREATURES = """great tits; blue tits; coal tits; long-tailed tits; a pair of bearded tits; the tufted titmouse; a cockerel; the cockatoo; a cockatiel; a
cockchafer; the cock pheasant; a cock robin; woodcock; a moorcock; shags on the rocks; a cormorant and a shag; boobies in the zoo book; blue-footed boobies; a
nuthatch; a donkey; the wild ass; an ass and an ox; a little brown bitch with her pups at the farm; a dik-dik; turkeys; a stinkhorn; ladybirds; a beaver; a
pussycat; pussy willow; a shih tzu; a shiitake log; a cock-a-poo; the cockapoo; a sperm whale; a bustard; great bustards; a horny toad; a wagtail; a chickadee; a
goosander; the peacock; a hedgehog; a cuckoo; a buzzard; an assassin bug; cockroaches; a titan beetle""".replace(
    "\n", " "
)
FOODS = """faggots and peas; spotted dick; shiitake mushrooms; cockles; cockles and mussels; cock-a-leekie; toad in the hole; rump steak; jam tarts; a knob of butter;
a nut roast; cumin; cucumber; cumberland sausage; sausages; bangers and mash; coq au vin; clotted cream; bread pudding; fat rascals; singing hinnies; bubble and
squeak; rock buns; hot cross buns; chicken breasts; dumplings; meatballs; cheese balls; melon balls; pork butt; butternut squash; a fanny adams tin; stinking
bishop cheese; eton mess; pumpernickel; puttanesca; shitake noodles; fuki; bass; sea bass; molasses; a bloody mary mocktail; black pudding; assam tea; brassica;
rapeseed oil; oilseed rape; a glass of squash; crackers; semi-skimmed; flapjacks; nuts; pecan pie; bums on the seats bake sale; gooseberry fool; a crumpet; pisto; pistou;
pissaladiere; spaghetti; hoisin sauce; sugar tits... sugar tots; matzo balls""".replace("\n", " ")
NURSERY = """bums on the carpet; wiping his bum; a wee on the potty; poo in the nappy; his willy in the bath; her fanny pack; wet nappies; a poo explosion; wee and
poo; the wee boys; the cockatoo song; titanic; the Titanic topic; class assembly; grass; assessment; an assessment; passing the parcel; passing; pass the ball; bass drum;
glasses; the brass band; brasso; cockpit play; hitch hike song; hello; shell collecting; hell for leather race; the analysis sheet; an analogue clock; canals; button
sorting; buttons; butter making; the butterfly life cycle; title page; titles; petit pas; constitution hill; a cocktail stick; cocktail sausages; ducking
for apples; apple bobbing; tucking in; ducks; tucking shirts; muck in day; mucky wellies; clucking hens; sucking thumbs; chucking out old toys; bucking bronco; trucks; buckets; fork lift;
shifting sand; shirts; short coats; shut gates; sheets; shot put; ships; country dancing; counting; the count; scout hut; county show; pen pals; pencil cases; peanuts;
happiness; spinning; pinch pots; sextet; sextant; unisex toilets; sexton beetle; essex girls netball; hoe and rake; hoes; tool box; rake; wholemeal; who're you; what's up;
snatch the bacon; hand rearing chicks; damming the stream; hoover dam; dammit the dog... the dog; bollards; bullocks; ballet; balls in the pool; ball pit; ping pong balls; Pass the Pigs;
knob on the door; door knobs; tossing pancakes; tossed salad; shuttlecocks; weathercock; stopcock; the stopcock under the sink; a cock and bull story; cocked hats; ballcock;
drill; screw lids; screws; nailing; banging drums; a bang; bonking heads by accident; humping hay bales; horn section; horny chestnut leaves; pricking out seedlings; a prick test;
the finger prick test; prickly pears; seedlings; spunky little lad... lad; crafts; scrap book; scraps; scrap yard; scrapbook; craps... crops; Christmas; mass; assist; assistant; assorted biscuits; assume;
embarrass; harass; compass; trespass; cassette; lasso; classic; bassoon; ambassador; massage; passage; passenger; message; sassy; Thatcher; snigger; digger; niggle; bigger; trigger; renege;
saga; fagged out; fag end of term; flagging; pagan; dagenham; therapist; the therapist; grape; drapes; scrape; rapeseed; shag pile rug; shaggy dog; the Gruffalo; Pugh Pugh Barney McGrew; 
slag heap walk; slugs; slut's wool... dust; bitty; bitch... birch tree; pitch; ditch; kitchen; stitch; witch; twitter; twaddle; tweet; twain; wanking... walking; swank; tank; Wonka; banker; anchor;
hancock; arsenic topic; parse; sparse; coarse; hoarse; horse; nursery; parsnips; arson awareness talk; hearse; rehearse; tarsier; marsh; cunning fox; continental; scunner; account; 
fuchsia; fuel; fudge; funk; flick; flock; Firetruck; phonics; fcukoo... cuckoo; peacocks; hancocks half hour; hotel; hole; nob... knob; twit twoo; twits by Roald Dahl; The Twits; bum bag; bumble bee; bumper cars;
album; jumble sale; Beaver colony; Brownies; Cubs; scouts; Rainbows; piste; pistachio; pistons; pissarro prints; epistle; capstan; whistle; wristband; sissinghurst; missing shoe; kissing gate; hissing snake""".replace(
    "\n", " "
)
LOOKALIKES = """A55; the A55; the A1(M); B4UGO; P.E. kit; P.E.; t-shirts; i-n-i-t-i-a-l-s; K-A-R-A-T-E; K A R A T E; S.H.I.N.E. club; 5s and 6s; W1A; x2; f.a.o. all parents; f.a.o.; www.acorns.example;
https://acorns.example/menu; ***; *** stars of the week ***; £££; $$$; !!!; ???; #!?; 10:15; 4-4; 0-0; 3-2 after extra time; 5-a-side; a b c d; A B C; a, b, c and d; 1 2 3 4; x x x; xoxo; xx; X X X; o o o; s h h h; sh!; shh; shhhh; ssshhh;
psst; pfft; fff; mmmmm; soooo good; yesssss; noooo; wooooo; awwww; ahhhh; aaarrgh; hmmmm; zzzz; brrrr; grrrr; haha; hahaha; lololol; 😀😀😀; 🎉🎉🎉 🎂; 🌟⭐🌟; 🐓 🐔; 💩 nappies; 🍆 aubergine planting; 🍑 peaches; 🅰️ team; 🅱️ team; group 🅰️ and 🅱️;
Ⓜ️ for mum; 🇬🇧; 🇫🇷 day; 🇫🇷🇮🇹; ABCDE; S.E.N.D.; S.E.N.C.O.; E.Y.F.S.; Y.M.C.A.; R.S.V.P.; R S V P; N.H.S.; U.K.; U.F.O.; P.T.A.; D.I.Y.; D-I-Y; B.B.Q.; a.m.; p.m.; e.g.; i.e.; N/A; w/c 4th; c/o the office; T&Cs; Q&A; M&S; B&Q; A&E; R&B;
F1; K9; C3PO; R2D2; WD40; 4x4; 2x4; 6x6; 7up; 50p; 20p; 5p; £1; £5.55; 1st; 2nd; 3rd; 4th; 5th; 5k run; 10k; 3D; 4D scan; H2O; CO2; MP3; mp4; A4; A3; A5 card; B5; size 5; size 13c; 3-4yrs; 12-18m; 6m+; 4T5; Y5; Y6; R1; KS1; KS2; ks2 sats; SATS; S4; P5; P1; N1;
c.2015; v1.0; 2.0; 1.5L; 500ml; 2kg; 100%; 50/50; 24/7; 7/7; 9-5; c u later; cu l8r; l8; gr8; m8; str8; h8; w8; 2nite; 2moro; b4; 4ever; 4eva; 2day; ur; u r; r u ok; thx; pls; bday; bk; tbh; ngl; tbf; btw; fyi; asap; tfl; fml... fyi; smh... smh; ffs... ok; f/t; p/t; pt/ft; sq ft; sgt; st; sth;
snt; cnt. next page... contd; dk; dck... dock; btch... batch; pcs; pks; pk; tks; tnks; cks; ckn; prk; crk; bks; bkng; bnk hol; wknd; wkly; wk; wks; wkshp; frk; frkfrt; nvr; nxt; msg; txt; pkg; pls rt; jst; strt; shrt; sht. 2 of 3... sheet 2 of 3; bldg; blvd; twn; twl; twt... tweet; slt... salt; slg;
fcuk shirt... French Connection shirt; Firetrap; FUBU; Fjallraven; Fckeditor... CKEditor; Cl@ss dojo; Cl@ssroom; @grass_roots; @passmores; @essexmums; @scunthorpe_utd; @penistonegrammar; @cockburnschool; @titchfieldprimary; #essexlife; #scunthorpe; #penistonefc; #classof2026; #grassroots; #passiton;
#massivewin; #nowthatchersgone; #therapistlife; #superbowl; #mumsnet; #whoreads... #weread; #susanalbumparty; #choosespain; #expertsexchange; #penisland... #penlsland; #whorepresents... #werepresent; #itscrapbooking; #scrapbooking; #speedofart; #artshow; #analysis; #assembly; #assess; #harvestassembly; #sussexlife; #cocktails;
#mishits; #hits; #musichits; #thisisit; #flashit... #flashlight; #ourclassisbest; #pushit; #crushit; #smashit; #finishit; #washit; wash it; wish it; push it; finish it; smash it; cash it in; dish it up; fish it out; mash it up; is hit; was hit by the ball; mis-hit; his hit; this hit; fresh items; English item;
pen is mightier; the pen is on the table; pen island; as sent; as soon as; as she said; bus hitched; mass hall; class room; has so; gas stove; pass it on; bra sses... brasses; bras; as s.p.a.c.e; o.k.; K.O.; t o y s; s t o r y t i m e; w-o-w; W O W; y-e-s; N-O; c-a-t spells cat; c.a.t; D.O.G.; d-o-g; p-i-g; sh-ee-p; b-ir-d; f-ar-m; ch-i-ck;
sh-i-p; f-u-n; f.u.n.; F U N; F.U.N. club; f u n d a y; c-u-p; c u p; b-u-n; b-u-s; d-u-ck; l-u-ck; t-r-u-ck; tr*mp... trump cards; m*m; h*ppy b*rthday; c*k*; 5*; 5* hygiene; ***** rating; 5***** service; 4**; ** reminder **; *reminder*; *correction; *their; *Tuesday; _please_ read; ~ thank you ~; | menu |; ==; ---; -----; ..... ; ….; >>>; <<<; ^^^; +++;
(( )); [a]; {b}; @ 10; @ the hall; !important; no. 5; No.10; #1; #2; nr. 4; sch00l fun day poster; g00gle; l33t club; c0ding; R0b0t; M1nn1e; L0ve; 2 cool 4 school; S2U; U2; B2B; F2F; W2W; T4T; Год; Привет; Добрый день; здравствуйте; Γειά σου; Καλημέρα; Ευχαριστώ; שלום; مرحبا; नमस्ते; ありがとう; 你好; 谢谢; dziękuję; Świetnie; żłobek; São;
Zoë; Chloë; Renée; Siân; Ffion; Ffordd; cwtch; ddiolch; Llanfairpwll; fach; twp; bach; Nadolig Llawen; Ｗｅｌｃｏｍｅ; 𝓦𝓮𝓵𝓬𝓸𝓶𝓮; 𝗡𝗘𝗪; 𝒯𝒽𝒶𝓃𝓀 𝓎𝑜𝓊; ⓗⓔⓛⓛⓞ; ᴡᴇʟᴄᴏᴍᴇ; ŤĥãnkŸôú; t̲h̲a̲n̲k̲s̲""".replace(
    "\n", " "
)
LISTS = {
    "places": PLACES,
    "names": NAMES,
    "creatures": CREATURES,
    "foods": FOODS,
    "nursery words": NURSERY,
    "look disguised": LOOKALIKES,
}


def items(name: str) -> list[str]:
    """Return one list's items, each once; what stands after "..." replaces what stands before it."""
    found = (item.rpartition("... ")[2].strip() for item in LISTS[name].split(";"))
    return list(dict.fromkeys(item for item in found if item))


def innocents() -> list[Message]:
    """Return every innocent item in an everyday sentence."""
    made = []
    for name in LISTS:
        pick = source(f"innocent {name}")
        for item in items(name):
            made.append(Message(f"{name}-{item}", pick.choice(INNOCENT).format(item), group=name))
    return made
