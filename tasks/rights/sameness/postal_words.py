"""Words of addresses beside the suffixes of streets, each with the one that stands for all of its spellings.

Sources: Publication 28 of the United States Postal Service (directionals, section 233; units, appendix C2; states,
appendix B; numbered roads, appendix F; Puerto Rico, section 29), and the usual short forms of the countries in which
the languages of the product are spoken: Spanish, French, Arabic, Chinese, Ukrainian; and German and Danish.
"""

from typing import Final

from termpost.tasks.rights.sameness.lettering import plain
from termpost.tasks.rights.sameness.street_suffixes import SUFFIXES


def _read(table: str) -> dict[str, str]:
    """Of each line the first word stands for all of them."""
    lines = [plain(line).split() for line in table.strip().splitlines()]
    return {word: line[0] for line in lines for word in line}


DIRECTIONALS: Final = _read("""
n north norte nord no
s south sur sud
e east este est
w west oeste ouest o
ne northeast noreste nordeste
nw northwest noroeste
se southeast sureste sudeste sudest
sw southwest suroeste sudoeste
""") | {"n": "n", "s": "s"}  # fmt: skip
for _word in ("no", "o", "est"):  # number, a letter of a unit, an estate
    del DIRECTIONALS[_word]

# C2, and what is like it elsewhere; these have a number or a letter
UNITS: Final = _read("""
apt apartment apartamento apto appt appartement app apmt
apt dpto depto departamento wohnung whg kv kvartyra kb квартира شقة الشقة
bldg building edificio edif batiment bat gebaude geb корпус корп korp будівля بناية عمارة مبنى
dept department
fl floor flr etage piso planta stock obergeschoss og поверх пов طابق الطابق
hngr hanger hangar
key
lot lote
pier
rm room zimmer zi habitacion hab chambre кімната кімн غرفة
slip
spc space sp
stop
ste suite
trlr trailer tlr
unit
ofc office oficina ofic bureau офіс оф مكتب
ph penthouse atico
bsmt basement
pmb
door puerta pta porte
stair escalera esc escalier eingang під'їзд
int interior
mezz mezzanine
whse warehouse
""")  # fmt: skip
UNITS_ALONE: Final = _read("""
bsmt basement sotano keller
frnt front
lbby lobby
lowr lower
ofc office
ph penthouse
rear
side
uppr upper
gf ground bajo rdc eg erdgeschoss
""")
NUMBER_SIGNS: Final = frozenset(
    plain(word) for word in ("#", "no", "num", "number", "nr", "numero", "nro", "буд", "будинок", "رقم", "hnr")
)

STATES: Final = """
al:alabama ak:alaska az:arizona ar:arkansas ca:california co:colorado ct:connecticut de:delaware dc:districtofcolumbia
fl:florida ga:georgia hi:hawaii id:idaho il:illinois in:indiana ia:iowa ks:kansas ky:kentucky la:louisiana me:maine
md:maryland ma:massachusetts mi:michigan mn:minnesota ms:mississippi mo:missouri mt:montana ne:nebraska nv:nevada
nh:newhampshire nj:newjersey nm:newmexico ny:newyork nc:northcarolina nd:northdakota oh:ohio ok:oklahoma or:oregon
pa:pennsylvania ri:rhodeisland sc:southcarolina sd:southdakota tn:tennessee tx:texas ut:utah vt:vermont va:virginia
wa:washington wv:westvirginia wi:wisconsin wy:wyoming as:americansamoa fm:federatedstatesofmicronesia gu:guam
mh:marshallislands mp:northernmarianaislands pw:palau pr:puertorico vi:virginislands aa:armedforcesamericas
ae:armedforceseurope ap:armedforcespacific
"""
STATE_CODES: Final = {name: code for code, name in (one.split(":") for one in STATES.split())}  # without spaces

# words before or after the name of a street, and titles in it
ABROAD: Final = _read("""
ave avenida avda avd
blvd bulevar boulevard bulv bd bld bvd blvr бульвар бул бульв
calle cl cll calla
camino cno cmno
carretera carr ctra crta
paseo pso pº
plz plaza pza plz
ronda rda
travesia trav tva
urb urbanizacion urbanisation
cond condominio
bo barrio bda barriada
rue
chemin che chem
impasse imp
aly allee alle
faubourg fbg fg
quai
cours crs
ruelle
residence resid
rte route
st strasse
pl place platz
weg
gasse
ufer
damm
вул вулиця вулиці vul vulytsia vulytsya
просп проспект прт prosp prospekt
пров провулок prov provulok
пл площа ploshcha
шосе ш
набережна наб
узвіз узв
майдан
شارع ش الشارع
طريق الطريق
حي الحي
ميدان الميدان
大道
""")
TITLES: Final = _read("""
jr junior
sr_ senior
dr_ doctor
st saint sankt sv
ste_ sainte
gen general gral
pres president presidente
rev reverend
capt captain
sgt sergeant
col colonel coronel
gov governor
ft fort
mt mount
hon honorable
""")
TYPES: Final = frozenset(SUFFIXES.values()) | frozenset(ABROAD.values()) | {"cr", "ch", "sh", "sr", "hwy", "strasse"}
# words that are often left out of a name, or added to it
OFTEN_LEFT_OUT: Final = "old new lower upper little great the de del la el los las du des le les"
TITLE_WORDS: Final = frozenset(word.rstrip("_") for word in TITLES.values()) | frozenset(OFTEN_LEFT_OUT.split())
WORDS: Final = {
    **{word: short.rstrip("_") for word, short in TITLES.items()},
    **SUFFIXES,
    **{word: short for word, short in ABROAD.items() if word not in SUFFIXES},
    **DIRECTIONALS,
}

_SO_MANY = r"(?= \d+[a-z]?\b)"
# numbered roads, boxes and rural routes: what may stand for each, as regular expressions over words
ROADS: Final = {
    rf"(county|co|cnty|cty) (road|rd){_SO_MANY}|cr{_SO_MANY}": "cr",
    rf"(county|co|cnty|cty) (highway|hwy){_SO_MANY}|ch{_SO_MANY}": "ch",
    rf"(state|st) (highway|highwy|hiway|hwy){_SO_MANY}|sh{_SO_MANY}": "sh",
    rf"(state|st) (road|rd|route|rte|rt){_SO_MANY}|sr{_SO_MANY}": "sr",
    rf"(interstate|inter state|ih|i)( (highway|hwy))?{_SO_MANY}": "interstate",
    rf"(us|united states)( (highway|hwy|route|rte|rt))?{_SO_MANY}": "us",
    rf"(hwy |highway )?(farm to market|farm to mkt|farm market|fm)( (road|rd))?{_SO_MANY}": "fm",
    rf"(ranch to market|rm)( (road|rd))?{_SO_MANY}": "rm",
    rf"(ranch (road|rd)|rr){_SO_MANY}": "rr",
    rf"(township|twp) (road|rd|highway|hwy){_SO_MANY}|tsr{_SO_MANY}": "tsr",
    rf"(forest|forest service|national forest|nf|fs) (road|rd|route){_SO_MANY}|fsr{_SO_MANY}": "fsr",
    rf"(bia|indian) (road|rd|route|rte|rt){_SO_MANY}": "bia",
    rf"(highway|highwy|hiway|hiwy|hway|hwy){_SO_MANY}": "hwy",
    rf"(route|rte|rt){_SO_MANY}": "rte",
}
_ID = r"(?:no |num |number |# ?)?(\d+[a-z]?|[a-z]\d*|[a-z])\b"
_BOX = r"(?:box|bx|boxes|drawer|lockbox)"
_MAILBOX = (
    r"(?:(?:post office|p o|po|postal|post|firm caller|caller|lock) (?:box|bx|drawer)|pob|pobox|po bx|lockbox|drawer"
    r"|firm caller|caller|apartado postal|apartado de correos|apartado|apdo postal|apdo|casilla(?: postal| de correo)?"
    rf"|boite postale|bp|postfach|postboks|{plain('абонентська скринька')}|{plain('поштова скринька')}"
    rf"|{plain('صندوق بريد')}|{plain('صندوق البريد')}|{plain('صب')}|{plain('ص ب')}|邮政信箱|信箱)"
)
BOXES: Final = {  # the groups of each are a route, where there is one, and the number of the box
    rf"\b(?:psc|cmr) {_ID} {_BOX} {_ID}": "psc",
    rf"^(?:rural (?:route|rte|rt|rd|delivery)|rural|r r|rr|r d|rfd(?: route| rte| rt)?) {_ID}(?: {_BOX} {_ID})?": "rr",
    rf"^rd {_ID} {_BOX} {_ID}": "rr",
    rf"\b(?:(?:highway|hwy) contract(?: route| rte| rt)?|star (?:route|rte|rt)|hcr|hc) {_ID}(?: {_BOX} {_ID})?": "hc",
    rf"\b{_MAILBOX} {_ID}": "po",
}
DELIVERED_AT_OFFICE: Final = frozenset({"general delivery", "poste restante", "lista de correos", "postlagernd"})
