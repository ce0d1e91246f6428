"""The columns of every file written, in the order of the standard (OneRoster CSV 1.1 and 1.2, 1EdTech)."""

from typing import Literal

Version = Literal["1.1", "1.2"]

_BASE = "sourcedId,status,dateLastModified,"

_BOTH = {
    "academicSessions.csv": _BASE + "title,type,startDate,endDate,parentSourcedId,schoolYear",
    "classes.csv": _BASE + "title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,"
    "subjects,subjectCodes,periods",
    "courses.csv": _BASE + "schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes",
    "demographics.csv": _BASE + "birthDate,sex,americanIndianOrAlaskaNative,asian,blackOrAfricanAmerican,"
    "nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,hispanicOrLatinoEthnicity,"
    "countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,publicSchoolResidenceStatus",
    "enrollments.csv": _BASE + "classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate",
    "manifest.csv": "propertyName,value",
    "orgs.csv": _BASE + "name,type,identifier,parentSourcedId",
}
_RESULTS = _BASE + "lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment"
_LINE_ITEMS = _BASE + "title,description,assignDate,dueDate,classSourcedId,categorySourcedId,"

BUNDLE: dict[Version, dict[str, str]] = {
    "1.1": _BOTH
    | {
        "categories.csv": _BASE + "title",
        "lineItems.csv": _LINE_ITEMS + "gradingPeriodSourcedId,resultValueMin,resultValueMax",
        "results.csv": _RESULTS,
        "users.csv": _BASE + "enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,"
        "identifier,email,sms,phone,agentSourcedIds,grades,password",
    },
    "1.2": _BOTH
    | {
        "categories.csv": _BASE + "title,weight",
        "lineItems.csv": _LINE_ITEMS + "academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId",
        "results.csv": _RESULTS + ",textScore,classSourcedId,inProgress,incomplete,late,missing",
        "roles.csv": _BASE + "userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId",
        "userProfiles.csv": _BASE + "userSourcedId,profileType,vendorId,applicationId,description,credentialType,"
        "username,password",
        "users.csv": _BASE + "enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,"
        "agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,"
        "preferredFamilyName,primaryOrgSourcedId,pronouns",
    },
}

SUPPLEMENT = {
    "supplement/attendance.csv": "studentSourcedId,schoolSourcedId,date,event,reason",
    "supplement/comments.csv": "studentSourcedId,classSourcedId,cycle,author,language,comment",
    "supplement/contacts.csv": "studentSourcedId,contactSourcedId,relation,isPrimary,livesWith,emergency,legalGuardian,"
    "contactRestrictions,restrictionFrom,restrictionUntil,agreementUntil,street,city,state,postalCode,country,email,phone,"
    "preferredLanguage,preferredChannel",
    "supplement/grades.csv": "studentSourcedId,classSourcedId,academicSessionSourcedId,grade,percent,note",
    "supplement/students.csv": "studentSourcedId,preferredName,preferredLanguage,dependent,consentToParents,"
    "recordsHold,email",
}

_ROSTER = (
    "academicSessions categories classes classResources courses courseResources demographics enrollments lineItems "
    "orgs resources results users"
)
MANIFEST: dict[Version, str] = {
    "1.1": _ROSTER,
    "1.2": "academicSessions categories classes classResources courses courseResources demographics enrollments "
    "lineItemLearningObjectiveIds lineItems lineItemScoreScales orgs resources resultLearningObjectiveIds results "
    "resultScoreScales roles scoreScales userProfiles userResources users",
}


def columns(version: Version) -> dict[str, list[str]]:
    """File name → its columns, supplement included."""
    return {name: header.split(",") for name, header in (BUNDLE[version] | SUPPLEMENT).items()}


def manifest(version: Version) -> list[tuple[str, str]]:
    """The rows of manifest.csv; what a bundle of that version could hold and this one does not is `absent`."""
    names = MANIFEST[version].split()
    modes = [(f"file.{name}", "bulk" if f"{name}.csv" in BUNDLE[version] else "absent") for name in names]
    first = [("manifest.version", "1.0"), ("oneroster.version", version)]
    return [*first, *modes, ("source.systemName", "Made-up district"), ("source.systemCode", "made-up")]
