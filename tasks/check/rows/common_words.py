"""English words that are names too: alone in a comment they name nobody, beside the other name of a person they do."""

WORDS = """
    april august autumn art banks barber baker bell best bill black bliss bloom blue bond book booker bookman boys
    brave bright brook brooks brown bush butler carol carpenter carter case cash chance chase charity christian
    church clay close cook cooper crane cross crystal daisy dale dawn day dean destiny dove drew duke early east
    ernest eve faith falls farmer field fields fisher flowers fly ford forest fox frank free french friend frost gay
    gene german glory gold good goods grace grant gray green grey hall hand hardy harmony harper hart hazel head
    heard heather high hill holiday holly honor hope house hunt hunter iris ivy jack jade jasmine jewel joy judge
    june just justice keen key king knight lake lamb land lane law lee liberty light lily little long lord love lowe
    luck major mark marks marsh mason max may mercy meadow melody mills miles miller miracle moon moody moss new
    nice noble north novel oak ocean olive page park parks parish patience peace peach pearl penny piper place pole
    pool poor pope porter post potter power powers price pride prince queen rain rainey ray read reading reason reed
    rich rivers robin rock rode rose royal ruby rule rush rusty sage sand savage say sea serenity sharp shell
    shepherd ship short silver singer skill skinner sky small smart smith snow song south spring stark star steel
    sterling stone street strong summer summers sun sunny swan sweet swift taylor temple terry thorn tiger tower
    town trinity true turner valentine victor victory violet wade walker wall ward water waters way webb weeks wells
    west wheeler white will willow wills winner winter winters wise wolf wood woods word work worth wright yong
    young english spanish italian latin
"""
ORDINARY = frozenset(WORDS.split())
