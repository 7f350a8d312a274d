"""``install all``: another release by the name of its image, which any file of ``bootflash:`` may have.

``nxos64-cs.10.5.3.F.bin`` is 10.5(3), ``nxos.9.3.12.bin`` 9.3(12), ``n7000-s2-dk9.7.3.9.D1.1.bin`` is the
7.3(9)D1(1). The release changes with the reload, by the boot variable of the startup configuration; grammar
stays that of the profile, so images of another train are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from vnexus import hardware
from vnexus.config.session import ConfigSession
from vnexus.exec.files import Flash
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command
from vnexus.exec.restart import REBOOT_SECONDS

if TYPE_CHECKING:
    from vnexus.node import Node

DONE = "[####################] 100% -- SUCCESS"
_N9K = re.compile(r"nxos(?:64-cs)?\.(\d+)\.(\d+)\.(\d+)(?:\.[A-Z])?\.bin")
_N7K = re.compile(r"n7[07]00-s2-(?:dk9|kickstart)\.(\d+)\.(\d+)\.(\d+)\.([A-Z]\d+)\.(\d+)\.bin")
_TRAIN = {"n7k-7.3": "7.3(", "n9k-9.3": "9.3(", "n9k-10": "10."}


def version_of(path: str) -> str | None:
    """The release that an image holds, by its name.

    >>> version_of("bootflash:///nxos64-cs.10.5.3.F.bin"), version_of("n7000-s2-dk9.7.3.9.D1.1.bin")
    ('10.5(3)', '7.3(9)D1(1)')
    """
    name = Flash.name(path)
    if found := _N9K.fullmatch(name):
        return f"{found[1]}.{found[2]}({found[3]})"
    if found := _N7K.fullmatch(name):
        return f"{found[1]}.{found[2]}({found[3]}){found[4]}({found[5]})"
    return None


def booted_release(node: Node) -> hardware.Release:
    """What the startup configuration boots; the release as it is when its image is not there."""
    if node.startup is None:
        return node.release
    variable = "system" if node.spec.profile.startswith("n7k") else "nxos"
    path = (node.startup.value("boot", variable) or "").strip()
    shipped = hardware.RELEASES[node.spec.profile]
    if not path or Flash.name(path) == Flash.name(shipped.image):
        return shipped
    version = version_of(path)
    if version is None or Flash.name(path) not in node.flash.files:
        return node.release
    return replace(shipped, version=version, image=f"bootflash:///{Flash.name(path)}")


@command("install-impact")
def install_impact(call: Call) -> Output:
    """What an installation would do; nothing is changed."""
    lines, problem = _check(call, "Installer will perform impact only check. Please wait.")
    return Output("\n".join([*lines, *([problem] if problem else [])]), error=bool(problem))


@command("install-all")
def install_all(call: Call) -> Output:
    """Set the boot variable, save, reload; a non-disruptive one keeps forwarding and only ends sessions."""
    lines, problem = _check(call, "Installer will perform compatibility check first. Please wait.")
    if problem:
        return Output("\n".join([*lines, problem]), error=True)
    node, hitless = call.node, _hitless(call)
    if not hitless:
        lines += ["Switch will be reloaded for disruptive upgrade."]

    def do() -> Output:
        said = ["", "Install is in progress, please wait.", "", "Setting boot variables.", DONE, "",
                "Performing configuration copy.", DONE, ""]  # fmt: skip
        session = ConfigSession(node.config)
        for variable, path in _images(call):
            session.feed(f"boot {variable} bootflash:/{Flash.name(path)}")
        node.save()
        if hitless:
            node.release = booted_release(node)
            return Output("\n".join([*said, "Install has been successful."]), closes=True)
        said.append("Finishing the upgrade, switch will reboot in 10 seconds.")
        node.world.reboot(node.spec.name, seconds=REBOOT_SECONDS)
        return Output("\n".join(said), closes=True)

    if not call.shell.ask:
        done = do()
        return replace(done, text="\n".join([*lines, done.text]))
    return call.shell.confirm(
        "\n".join([*lines, "Do you want to continue with the installation (y/n)?  [n] "]), do
    )


def _check(call: Call, head: str) -> tuple[list[str], str]:
    """(what the installer says, why it ends there)."""
    node = call.node
    lines = ["", head, ""]
    for variable, path in _images(call):
        name = Flash.name(path)
        lines += [f'Verifying image bootflash:/{name} for boot variable "{variable}".']
        if name not in node.flash.files and name != Flash.name(hardware.RELEASES[node.spec.profile].image):
            return (
                lines,
                f"Pre-upgrade check failed. Return code 0x4093000E (bootflash:/{name}: no such file).",
            )
        version = version_of(path)
        if version is None or not version.startswith(_TRAIN[node.spec.profile]):
            return lines, "Pre-upgrade check failed. Return code 0x4093000A (SRG collection failed)."
        lines += [DONE, ""]
    lines += ["Verifying image type.", DONE, "", "Notifying services about system upgrade.", DONE, "", "", ""]
    return [*lines, *_compatible(call), "", "", *_versions(call), "", ""], ""


def _compatible(call: Call) -> Iterator[str]:
    yield "Compatibility check is done:"
    yield "Module  bootable          Impact  Install-type  Reason"
    yield "------  --------  --------------  ------------  ------"
    impact = "non-disruptive" if _hitless(call) else "disruptive"
    reason = "" if _hitless(call) else "default upgrade is not hitless"
    for module in call.node.model.modules:
        kind = "rolling" if _hitless(call) and not module.supervisor else "reset"
        yield f"{module.slot:>6}  {'yes':>8}  {impact:>14}  {kind:>12}  {reason}".rstrip()


def _versions(call: Call) -> Iterator[str]:
    node = call.node
    yield "Images will be upgraded according to following table:"
    yield "Module       Image                  Running-Version(pri:alt)           New-Version  Upg-Required"
    yield "------  ----------  ----------------------------------------  --------------------  ------------"
    slot = next((module.slot for module in node.model.modules if module.supervisor), 1)
    for variable, path in _images(call):
        new = version_of(path) or ""
        required = "no" if new == node.release.version else "yes"
        yield f"{slot:>6}  {variable:>10}  {node.release.version:>40}  {new:>20}  {required:>12}"
    bios = f"v{node.release.bios}"
    yield f"{slot:>6}  {'bios':>10}  {bios:>40}  {bios:>20}  {'no':>12}"


def _images(call: Call) -> tuple[tuple[str, str], ...]:
    """(boot variable, file) of every image that the command names."""
    return tuple((what, path) for what in ("kickstart", "system", "nxos") if (path := call.get(what)))


def _hitless(call: Call) -> bool:
    """Asked for, and within one minor release; the 7000 switches over without being asked."""
    asked = call.said("non-disruptive") or call.node.spec.profile.startswith("n7k")
    new = version_of(_images(call)[-1][1]) or ""
    return asked and new.partition("(")[0] == call.node.release.version.partition("(")[0]
