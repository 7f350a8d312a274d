"""A compliance report for people and machines: data, HTML, SARIF 2.1.0 and JUnit XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any
from xml.etree import ElementTree as ET

from agent.check.comply import Breach, Compliance
from agent.plan.paper import write_page
from agent.records import Severity

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def compliance_as_data(report: Compliance) -> dict[str, Any]:
    """Plain data, for JSON."""
    return {
        "fine": report.fine,
        "switches": list(report.switches),
        "rules": {
            rule.name: {
                "severity": rule.severity.value,
                "rationale": rule.rationale,
                "fix": rule.fix,
                "sources": list(rule.on),
            }
            for rule in report.rules
        },
        "breaches": [_breach_as_data(breach) for breach in report.breaches],
        "lapsed": [item.model_dump(mode="json") for item in report.lapsed],
    }


def _breach_as_data(breach: Breach) -> dict[str, Any]:
    excuse = breach.exemption
    return {
        "rule": breach.rule.name,
        "severity": breach.rule.severity.value,
        "switch": breach.fault.switch,
        "source": breach.source,
        "section": breach.fault.section,
        "line": breach.fault.line,
        "problem": breach.fault.text,
        "excused_by": excuse and {"owner": excuse.owner, "reason": excuse.reason, "until": str(excuse.until)},
    }


def compliance_page(report: Compliance, title: str, made_at: datetime, errors: Mapping[str, str]) -> str:
    """One HTML page that stands alone."""
    broken = {breach.rule.name for breach in report.breaches}
    excused = Counter(breach.exemption for breach in report.excused if breach.exemption is not None)
    failing = sum(breach.fails for breach in report.open)
    return write_page(
        "agent.check",
        "compliance.html",
        title=title,
        made_at=made_at.isoformat(sep=" ", timespec="minutes"),
        report=report,
        errors=errors,
        failing=failing,
        warnings=len(report.open) - failing,
        groups=[
            (next(rule for rule in report.rules if rule.name == name), list(found))
            for name, found in groupby(report.open, key=lambda breach: breach.rule.name)
        ],
        excused=list(excused.items()),
        held=[rule.name for rule in report.rules if rule.name not in broken],
    )


def compliance_sarif(report: Compliance, version: str) -> dict[str, Any]:
    """SARIF 2.1.0 (OASIS), as code hosts read it; excused breaches are suppressed results."""
    rules = [
        {
            "id": rule.name,
            "shortDescription": {"text": rule.rationale},
            "help": {"text": rule.fix},
            "defaultConfiguration": {"level": _level(rule.severity)},
        }
        for rule in report.rules
    ]
    driver = {"name": "moulin", "version": version, "rules": rules}
    results = [_sarif_result(breach) for breach in report.breaches]
    return {"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _level(severity: Severity) -> str:
    return "error" if severity is Severity.ERROR else "warning"


def _sarif_result(breach: Breach) -> dict[str, Any]:
    fault = breach.fault
    place: dict[str, Any] = {"artifactLocation": {"uri": f"{breach.source}/{fault.switch}.cfg"}}
    if fault.line:
        place["region"] = {"startLine": fault.line}
    where = f"{fault.switch} {fault.section}".strip()
    result: dict[str, Any] = {
        "ruleId": breach.rule.name,
        "level": _level(breach.rule.severity),
        "message": {"text": f"{where}: {fault.text}. {breach.rule.fix}"},
        "locations": [{"physicalLocation": place}],
    }
    if (excuse := breach.exemption) is not None:
        said = f"{excuse.owner} until {excuse.until}: {excuse.reason}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": said}]
    return result


def compliance_junit(report: Compliance) -> str:
    """JUnit XML: a test case for each rule and switch; excused ones are skipped."""
    suite = ET.Element("testsuite", name="moulin comply")
    found: dict[tuple[str, str], list[Breach]] = {}
    for breach in report.breaches:
        found.setdefault((breach.rule.name, breach.fault.switch), []).append(breach)
    failures = skipped = 0
    for rule in report.rules:
        for switch in report.switches:
            case = ET.SubElement(suite, "testcase", classname=rule.name, name=switch)
            breaches = found.get((rule.name, switch), [])
            failing = [breach for breach in breaches if breach.fails]
            if failing:
                failures += 1
                said = "\n".join(f"{breach.fault.section}: {breach.fault.text}" for breach in failing)
                ET.SubElement(case, "failure", message=rule.fix).text = said
            elif breaches and all(breach.exemption is not None for breach in breaches):
                skipped += 1
                ET.SubElement(case, "skipped", message=_excuse(breaches[0]))
    suite.attrib |= {
        "tests": str(len(report.rules) * len(report.switches)),
        "failures": str(failures),
        "skipped": str(skipped),
    }
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _excuse(breach: Breach) -> str:
    excuse = breach.exemption
    return f"{excuse.owner} until {excuse.until}: {excuse.reason}" if excuse else ""
