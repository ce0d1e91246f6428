"""What a district of 500 students holds at least, asked in SQL. Imports nothing of the generator."""

from benchmarks.district.audit import Extract

_PARENTS = """SELECT 1 FROM contacts m JOIN contacts f USING (studentSourcedId)
  WHERE m.relation = 'Mother' AND f.relation = 'Father' AND """
_OF_AGE = """SELECT 1 FROM demographics d JOIN students s ON d.sourcedId = s.studentSourcedId
  WHERE birthDate < '2007-08-15' AND """
_MARKS = "SELECT 1 FROM results r JOIN lineItems i ON r.lineItemSourcedId = i.sourcedId WHERE "
_NAMES = "SELECT 1 FROM (SELECT givenName AS name FROM users UNION ALL SELECT familyName FROM users) WHERE "

# what → query that finds it; the days are those of a school year that begins in 2025
WANTED = {
    "parents together": _PARENTS + "m.street = f.street",
    "parents at two addresses": _PARENTS + "m.street <> f.street",
    "one mailbox for two parents": _PARENTS + "m.email = f.email AND f.contactRestrictions IS NULL",
    "barred parent sharing an e-mail": _PARENTS
    + "m.email = f.email AND f.contactRestrictions = 'no-contact' AND f.restrictionFrom < '2025-08-01'",
    "live agreement": "FROM contacts WHERE relation = 'Agency' AND agreementUntil > '2026-06-01'",
    "expired agreement": "FROM contacts WHERE relation = 'Agency' AND agreementUntil < '2025-11-01'",
    "agreement without a date": "FROM contacts WHERE relation = 'Agency' AND agreementUntil IS NULL",
    "legal guardian": "FROM contacts WHERE relation = 'Guardian' AND legalGuardian = 'true'",
    "guardian who may be legal": "FROM contacts WHERE relation = 'Guardian' AND legalGuardian IS NULL",
    "guardian who is not legal": "FROM contacts WHERE relation = 'Guardian' AND legalGuardian = 'false'",
    "grandparent as guardian": "FROM contacts WHERE relation = 'Grandmother' AND legalGuardian = 'true'",
    "grandparent without a right": "FROM contacts WHERE relation = 'Grandmother' AND legalGuardian IS NULL",
    "for emergencies only": "FROM contacts WHERE emergency = 'true' AND livesWith = 'false' AND legalGuardian IS NULL",
    "no address at all": "FROM contacts WHERE street IS NULL AND email IS NULL",
    "abroad": "FROM contacts WHERE country IN ('MX', 'UA', 'FR', 'IE')",
    "no-records": "FROM contacts WHERE contactRestrictions = 'no-records' AND restrictionUntil > '2026-06-01'",
    "post-only": "FROM contacts WHERE contactRestrictions = 'post-only'",
    "restriction over": "FROM contacts WHERE contactRestrictions = 'no-contact' AND restrictionUntil < '2025-08-01'",
    "restriction to come": "FROM contacts WHERE contactRestrictions = 'no-contact' AND restrictionFrom > '2026-01-01'",
    "restriction for one child of two": """SELECT 1 FROM contacts GROUP BY contactSourcedId
      HAVING count(DISTINCT coalesce(contactRestrictions, '')) = 2""",
    "siblings at two schools": """SELECT 1 FROM contacts JOIN enrollments ON userSourcedId = studentSourcedId
      GROUP BY contactSourcedId HAVING count(DISTINCT schoolSourcedId) = 2""",
    "of age, silent": _OF_AGE + "consentToParents IS NULL AND dependent IS NULL",
    "of age, consent": _OF_AGE + "consentToParents = 'true'",
    "of age, refusal": _OF_AGE + "consentToParents = 'false'",
    "of age, dependent": _OF_AGE + "dependent = 'true'",
    "of age, not dependent": _OF_AGE + "dependent = 'false'",
    "birth date unknown": "FROM demographics WHERE birthDate IS NULL",
    "records hold": "FROM students WHERE recordsHold = 'true'",
    "preferred name": "FROM students WHERE preferredName IS NOT NULL",
    "four family names": "FROM users WHERE length(familyName) - length(replace(familyName, ' ', '')) >= 3",
    "single name": "FROM users u JOIN demographics d USING (sourcedId) WHERE familyName IS NULL",
    "composed accents": _NAMES + "regexp_matches(name, '[à-ÿ]')",
    "decomposed accents": _NAMES + "regexp_matches(name, '\\p{Mn}') AND regexp_matches(name, '[a-z]')",
    "ʻokina": _NAMES + "name LIKE '%ʻ%'",
    "apostrophes": _NAMES + "name LIKE '%''%'",
    "comma in a name": _NAMES + "name LIKE '%,%'",
    "formula in a name": _NAMES + "name LIKE '=%'",
    "Chinese": _NAMES + "regexp_matches(name, '\\p{Han}')",
    "Arabic": _NAMES + "regexp_matches(name, '\\p{Arabic}')",
    "Cyrillic": _NAMES + "regexp_matches(name, '\\p{Cyrillic}')",
    "extra credit": _MARKS + "resultValueMax = '0' AND score > '0'",
    "a real 0": _MARKS + "score = '0' AND scoreStatus = 'fully graded'",
    "decimals": _MARKS + "score LIKE '%.%'",
    "late": _MARKS + "comment = 'Late' AND scoreDate::DATE = dueDate::DATE + 6",
    "student who changed class": "FROM enrollments WHERE role = 'student' AND endDate IS NOT NULL",
    "second teacher": "FROM enrollments WHERE role = 'teacher' AND \"primary\" = 'false'",
}
LANGUAGES = {"en", "es", "fr", "zh-Hans", "ar", "uk", "vi", "hi", "pt-BR", "so", "id", None}
STATES = {  # status, score is blank
    ("fully graded", False), ("partially graded", False), ("not submitted", False), ("not submitted", True),
    ("exempt", True), ("submitted", True),
}  # fmt: skip


def lacking(extract: Extract) -> list[str]:
    """What a district of 500 students or more ought to hold and does not."""
    missing = [what for what, query in WANTED.items() if not extract.finds(query)]
    languages = LANGUAGES - extract.values("SELECT preferredLanguage FROM contacts")
    states = STATES - set(extract.rows("SELECT DISTINCT scoreStatus, score IS NULL FROM results"))
    return missing + [f"language {tag}" for tag in languages] + [f"state {state}" for state in states]
