import json, os, shutil, pickle
from pathlib import Path
from datetime import datetime
from tests.flows.district import Prefect
from tests.flows.lived_year import *
import tests.flows.lived_year as ly
from tests.flows import test_whole_year as t
from tests.services.smtp_server import authority, smtp_service
K=Path("/dev/shm/year-kept")
def test_live(tmp_path, prefect):
    import cProfile, pstats
    trusted = authority(tmp_path / "authority")
    with smtp_service(trusted.context()) as relay:
        with district_home(tmp_path / "year", 6, trusted, relay) as year:
            pr=cProfile.Profile(); pr.enable()
            lived(year)
            pr.disable(); pstats.Stats(pr).dump_stats("/dev/shm/year-prof")
            prefect.settled()
            shutil.rmtree(K, ignore_errors=True); 
            shutil.copytree(year.folder, K/"year"); shutil.copytree(prefect.home, K/"prefect"); shutil.copytree(tmp_path/"authority", K/"authority")
            for p in prefect.database.parent.glob("*.db*"): shutil.copy(p, K)
            (K/"db").write_text(prefect.database.name)
            (K/"phones").write_text(json.dumps({k: [v.secret, v.now.isoformat()] for k,v in year.phones.items()}))
            (K/"told").write_text(json.dumps([year.told, str(year.home.relative_to(year.folder))]))
def test_after(tmp_path):
    told, home = json.loads((K/"told").read_text())
    shutil.copytree(K/"year", tmp_path/"year")
    year = LivedYear(tmp_path/"year"/home, as_of=datetime.fromisoformat(told), folder=tmp_path/"year", district=YearDistrict(6))
    for k,(s,n) in json.loads((K/"phones").read_text()).items(): year.phones[k]=Phone(s, datetime.fromisoformat(n))
    year.phone=year.phones["mlopez"]
    class P:
        home=K/"prefect"; database=K/(K/"db").read_text()
        def settled(self): pass
    from collections import Counter
    print(Counter((e.cycle,e.kind,e.reason) for e in year.entries("held","withdrawn","failed","released","refused","superseded","right_ended")))
    t.everything_happened(year)
    t.reviewed_as_tallied(year, tmp_path/"review")
    t.nothing_is_left(year, P())
    year.is_whole()
