"""termpost.toml: what is promised is accepted, everything else is refused with its line."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import SECTIONS
from termpost.schemas.settings.channels import Email
from termpost.schemas.settings.language_settings import LanguageSettings
from termpost.schemas.settings.settings import Institution, Settings, load_settings
from termpost.schemas.settings.source_settings import SourceSettings, sources_of_environment

ROOT = Path(__file__).parents[2]
HEAD = '[institution]\nname = "X"\n'


def load(home: Path, text: str, environ: dict[str, str] | None = None) -> Settings:
    (home / "termpost.toml").write_text(text)
    return load_settings(home, environ or {})


def refused(home: Path, text: str, environ: dict[str, str] | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        load(home, text, environ)
    return caught.value


def test_every_promised_key_is_accepted(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
[institution]
name = "Grand Bend ISD"
short_name = "Grand Bend"
email_domain = "grand-bend.example.org"
languages = ["en", "es", "pt-BR", "zh-Hans"]
logo = "logo.svg"
colours = { primary = "#abcdef" }
policies = [{ title = "Grading", version = "1", url = "https://example.org/g" }]
ask = { name = "Office", email = "office@example.org", phone = "+1 555 0100" }
address = ["1 Road", "Town"]
[store]
url = "s3://bucket/prefix"
endpoint_url = "http://127.0.0.1:7480"
region = "us-east-1"
kms_key_id = "key"
accept = ["tls", "public-access", "encryption", "versioning", "write-once-log", "conditional-write", "least-privilege"]
accept_reason = "a test"
[lake]
catalogue = "postgres:dbname=lake"
data = "s3://bucket/lake"
[source.s3]
endpoint_url = "https://s3.example.org"
region = "us-east-1"
[source.sftp]
known_hosts = "known_hosts"
key_file = "secrets/sftp-key"
[source.oneroster]
token_url = "https://sis.example.org/oauth/token"
client_id = "termpost"
scope = "a b"
[rights]
source = "bundle"
age_of_majority = 21
own_copy_below_age = true
[release]
approvals = 2
embargo = 2021-12-17T15:00:00
comments_accepted = true
[channels]
order = ["portal", "email", "print", "meeting"]
portal = { base_url = "https://portal.example.org/" }
email = { host = "smtp", port = 25, sender = "reports@mail.grand-bend.example.org", attach_pdf = true, \
user = "reports", ca_file = "ca.pem", per_minute = 30 }
print = { envelope = "C5", duplex = false }
[privacy]
drop_columns = ["sms"]
landing_days = 5
small_cell = 12
retention = { reports_years = 3, notes_years = 1, log_years = 4 }
[run]
runner = "dask"
batch = 50
""",
    )
    assert settings.institution.languages == ("en", "es", "pt-BR", "zh-Hans")
    assert settings.channels.portal is not None
    assert settings.channels.portal.base_url == "https://portal.example.org"
    assert settings.channels.print.paper == "a4"
    assert settings.release.embargo is not None
    assert settings.release.embargo.hour == 15


def test_defaults_are_the_embedded_ones(tmp_path: Path) -> None:
    settings = load(tmp_path, HEAD)
    assert settings.store.url == "file:./vault"
    assert settings.lake.catalogue == "sqlite:./catalogue/lake.sqlite"
    assert settings.lake.data == "lake"
    assert settings.channels.order == ("print",)
    assert settings.channels.print.paper == "us-letter"
    assert (settings.rights.source, settings.rights.age_of_majority) == ("contacts", 18)
    assert not settings.rights.own_copy_below_age
    assert settings.institution.called == "X"


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("[institution]\nnmae = 'X'\n", "line 2 [institution] nmae", 'did you mean "name"?'),
        ("[store]\nurl = 'file:x'\n", "line 1 institution", "must be given"),
        (HEAD + "[stor]\n", "line 3 stor", 'did you mean "store"?'),
        (HEAD + "[store]\nurl = 'vault'\n", "line 4 [store] url", ""),
        (HEAD + "[store]\naccept = ['tls']\n", "line 4 [store] accept", "accept_reason"),
        (HEAD + "[store]\naccept = ['tsl']\naccept_reason = 'r'\n", "line 4 [store] accept", "'tls'"),
        (HEAD + "[checks]\naccept = ['results.above-max none']\n", "line 4 [checks] accept", "accept_reason"),
        (HEAD + "[checks]\nmail_to = 'office'\n", "line 4 [checks] mail_to", ""),
        (HEAD + "[checks]\nmail_to = 'o@x.example'\n", "line 4 [checks] mail_to", "email_domain"),
        (HEAD + "[store]\nendpoint_url = 'http://s3.example.org'\n", "line 4 [store] endpoint_url", "https"),
        (HEAD + "[source.oneroster]\ntoken_url = 'http://x.org'\n", "line 4 [source.oneroster] token_url", "https"),
        (HEAD + "[source.oneroster]\nclient_secret = 'x'\n", "line 4 [source.oneroster] client_secret", "client_id"),
        (HEAD + "[source.sftp]\npassword = 'x'\n", "line 4 [source.sftp] password", "known_hosts"),
        (HEAD + "[source.ftp]\n", "line 3 [source] ftp", "sftp"),
        (HEAD + "[rights]\nage_of_majority = '18'\n", "line 4 [rights] age_of_majority", "integer"),
        (HEAD + "[rights]\nage_of_majority = 3\n", "line 4 [rights] age_of_majority", "14"),
        (HEAD + "[release]\napprovals = 3\n", "line 4 [release] approvals", "2"),
        (HEAD + "[release]\napprovals = true\n", "line 4 [release] approvals", "integer"),
        (HEAD + "[release]\ncomments_accepted = 'yes'\n", "line 4 [release] comments_accepted", "boolean"),
        (HEAD + "[release]\nembargo = 'friday'\n", "line 4 [release] embargo", "2021-12-17T15:00"),
        (HEAD + "[channels]\norder = ['portal']\n", "line 4 [channels] order", "not set up"),
        (HEAD + "[channels]\norder = ['print', 'email']\n", "line 4 [channels] order", "not set up"),
        (HEAD + "[channels]\norder = ['print', 'print']\n", "line 4 [channels] order", "twice"),
        (HEAD + "[channels]\norder = ['meeting']\n", "line 4 [channels] order", 'add "print"'),
        (HEAD + "[channels]\norder = []\n", "line 4 [channels] order", ""),
        (HEAD + "[channels.portal]\nbase_url = 'http://x.org'\n", "line 4 [channels.portal] base_url", "https"),
        (HEAD + "[channels]\nprint = { envelope = 'A4' }\n", "line 4 [channels.print] envelope", "'DL'"),
        (HEAD + "[privacy]\nretention = { log_years = 1 }\n", "line 4 [privacy.retention] log_years", "raise"),
        (HEAD + "languages = ['english']\n", "line 3 [institution] languages", "BCP 47"),
        (HEAD + "colours = { primary = 'red' }\n", "line 3 [institution.colours] primary", ""),
        (HEAD + "policies = [{ title = 'T', url = 'javascript:x' }]\n", "line 3 [institution.policies] url", "https"),
        ("institution = 'X'\n", "line 1 institution", "a section is wanted"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, where: str, said: str) -> None:
    error = refused(tmp_path, text)
    assert error.where == f"termpost.toml {where}"
    assert said in str(error)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (HEAD + "[channels]\norder = ['print', 'whatsapp']\n", "line 4 [channels] order"),
        (HEAD + "[channels.sms]\nnumber = '1'\n", "line 3 [channels] sms"),
        (HEAD + "email_domain = 'gmail.com'\n", "line 3 [institution] email_domain"),
        (
            HEAD + "email_domain = 'a.org'\n[channels.email]\nhost = 'h'\nsender = 'r@aa.org'\n",
            "line 6 [channels.email] sender",
        ),
        (HEAD + "[channels.email]\nhost = 'h'\nsender = 'r@a.org'\n", "line 5 [channels.email] sender"),
    ],
)
def test_what_is_no_official_channel_is_refused_with_the_section_it_breaks(
    tmp_path: Path, text: str, where: str
) -> None:
    error = refused(tmp_path, text)
    assert error.where == f"termpost.toml {where}"
    assert "personal or unsecured apps are never channels" in error.what
    assert "4.3" in error.what


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    environ = {
        "TERMPOST_STORE__URL": "s3://bucket/x",
        "TERMPOST_CHANNELS__PRINT__ENVELOPE": "DL",
        "TERMPOST_INSTITUTION__LANGUAGES": '["es"]',
        "TERMPOST_CALENDAR__COUNTRY": "US",
        "TERMPOST_GRADING__AGGREGATE": "points",
        "TERMPOST_HOME": "elsewhere",
    }
    settings = load(tmp_path, HEAD + "[store]\nurl = 'file:x'\n", environ)
    assert settings.store.url == "s3://bucket/x"
    assert settings.channels.print.envelope == "DL"
    assert settings.institution.languages == ("es",)


@pytest.mark.parametrize(
    "variable",
    [
        "TERMPOST_STOER__URL",
        "TERMPOST_STORE__ULR",
        "TERMPOST_STORE__URL__X",
        "TERMPOST_STORE_URL",
        "TERMPOST_Run_batch",
    ],
)
def test_a_variable_that_sets_nothing_is_an_error(tmp_path: Path, variable: str) -> None:
    error = refused(tmp_path, HEAD, {variable: "x"})
    assert (error.code, error.where) == ("unknown-key", f"environment variable {variable}")


def test_without_a_home_the_environment_alone_says_how_a_source_is_reached() -> None:
    environ = {
        "TERMPOST_SOURCE__SFTP__KNOWN_HOSTS": "mine",
        "TERMPOST_SOURCE__ONEROSTER__CLIENT_ID": "7",
        "TERMPOST_STORE__URL": "nonsense",  # of a home, which nobody opens
    }
    sources = sources_of_environment(environ)
    assert (sources.sftp.known_hosts, sources.oneroster.client_id, sources.s3.region) == ("mine", "7", None)
    with pytest.raises(InputError) as caught:
        sources_of_environment({"TERMPOST_SOURCE__SFTP__KNOWN_HOST": "x"})
    assert caught.value.where == "environment variable TERMPOST_SOURCE__SFTP__KNOWN_HOST"
    with pytest.raises(InputError) as caught:
        sources_of_environment({"TERMPOST_SOURCE__S3__ENDPOINT_URL": "http://s3.example.org"})
    assert caught.value.where == "environment variable TERMPOST_SOURCE__S3__ENDPOINT_URL"


def test_settings_do_not_change(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(tmp_path, HEAD).store.url = "file:y"  # type: ignore[misc]


@pytest.mark.parametrize("home", ["schemas/settings/starter", "examples/grand-bend-home"])
def test_the_files_we_ship_are_accepted(home: str) -> None:
    assert load_settings(ROOT / home, {}).channels.order == ("portal", "print")


def test_the_starter_mentions_every_key_and_shows_the_defaults() -> None:
    text = (ROOT / "schemas/settings/starter/termpost.toml").read_text()
    started = load_settings(ROOT / "schemas/settings/starter", {})
    bare = Settings.model_validate({"institution": {"name": "X"}})
    for section, field in Settings.model_fields.items():
        for name, of in getattr(field.annotation, "model_fields", {}).items():
            key = of.alias or name
            assert f"{key} =" in text or f".{key}]" in text, f"[{section}] {key}"
    for section in ("lake", "rights", "privacy", "run"):
        assert getattr(started, section) == getattr(bare, section)
    assert started.release == bare.release.model_copy(update={"approvals": 2})  # where the key is absent, as it was
    # the embedded default keeps keys beside the data, so the file it comes with says so
    accepted = {"accept": started.store.accept, "accept_reason": started.store.accept_reason}
    assert started.store == bare.store.model_copy(update=accepted)
    assert started.store.accept == ("least-privilege",)
    assert started.channels.print == bare.channels.print
    assert all(f"# {key} =" in text for key in Email.model_fields)
    for source, field in SourceSettings.model_fields.items():
        assert f"[source.{source}]" in text
        for name, of in getattr(field.annotation, "model_fields", {}).items():
            key = of.alias or name
            assert f"# {key} =" in text, f"[source.{source}] {key}"


def test_sections_are_chosen_by_kind_of_cycle_and_come_in_the_order_of_the_report(tmp_path: Path) -> None:
    report = load(tmp_path, f'{HEAD}[report]\nmidterm = ["work", "trend"]\nfinal = []\n').report
    assert report.sections("midterm") == ("trend", "work")
    assert report.sections("final") == ()
    assert report.sections("end_of_term") == SECTIONS


def test_a_section_that_does_not_exist_is_an_error_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, f'{HEAD}[report]\nmidterm = ["trend", "tend"]\n')
    assert error.what == "this is no section of a report"
    assert "line 4" in error.where


@pytest.mark.parametrize("tag", ["fr", "klingon"])
def test_a_translation_is_trusted_only_where_its_language_is_offered(tag: str) -> None:
    institution = Institution(name="Harbour View", languages=("en", "es-MX"))
    assert Settings(institution=institution, languages=LanguageSettings(reviewed=("es",))).languages.reviewed == ("es",)
    with pytest.raises(ValidationError, match=f"{tag} is reviewed, and the institution does not offer it"):
        Settings(institution=institution, languages=LanguageSettings(reviewed=(tag,)))
