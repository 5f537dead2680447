"""The least that an operator needs: a management role for each built-in one, with just the commands and parameters used."""

from collections.abc import Iterator
from dataclasses import dataclass

from roomscope.generator.products.product import Product
from roomscope.generator.statement.model import ScriptRecord, Statement

_COMMON = frozenset({"ErrorAction"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A command with the parameters that the scripts give it, and the built-in role that holds it."""

    command: str
    role: str
    parameters: tuple[str, ...]


def needed(statement: Statement, product: Product, scripts: tuple[ScriptRecord, ...] = ()) -> tuple[Entry, ...]:
    """What these scripts, or all, can call in Exchange, through the region's functions, too."""
    used: dict[str, set[str]] = {}
    for script in scripts or statement.scripts:
        for call in (*script.calls, *statement.reached(script)):
            if product.command(call.command) is not None:
                used.setdefault(call.command, set()).update(one.parameter for one in call.given)
    return tuple(
        Entry(command.name, command.role, tuple(sorted(used[command.name] - _COMMON)))
        for command in sorted(product.commands, key=lambda one: one.name)
        if command.name in used and command.role
    )


def roleless(statement: Statement, product: Product) -> tuple[str, ...]:
    """The commands that the scripts can call, and that no role of Exchange holds."""
    called = {call.command for part in (statement.region, *statement.scripts) for call in part.calls}
    return tuple(sorted(one.name for one in product.commands if one.name in called and not one.role))


def roles_of(statement: Statement, product: Product, script: ScriptRecord) -> tuple[str, ...]:
    """The built-in roles that hold the commands of a script."""
    return tuple(sorted({entry.role for entry in needed(statement, product, (script,))}))


def role_script(statement: Statement, product: Product, name: str) -> str:
    """PowerShell for an administrator of roles, to be read and pasted: one small role for each built-in one."""
    return "\n".join(_role_lines(needed(statement, product), product, name)) + "\n"


def _role_lines(entries: tuple[Entry, ...], product: Product, name: str) -> Iterator[str]:
    roles = []
    for parent in dict.fromkeys(one.role for one in product.commands if one.role):
        mine = [entry for entry in entries if entry.role == parent]
        if not mine:
            continue
        role = f"{name} - {parent}"
        roles.append(f"'{role}'")
        kept = ", ".join(f"'{entry.command}'" for entry in mine)
        yield f"New-ManagementRole -Name '{role}' -Parent '{parent}'"
        yield f"Get-ManagementRoleEntry -Identity '{role}\\*' |"
        yield f"    Where-Object -FilterScript {{ {kept} -notcontains $_.Name }} |"
        yield f"    ForEach-Object -Process {{ Remove-ManagementRoleEntry -Identity ('{role}\\' + $_.Name) -Confirm:$false }}"
        for entry in mine:
            if entry.parameters:
                given = ", ".join((*entry.parameters, "ErrorAction"))
                yield f"Set-ManagementRoleEntry -Identity '{role}\\{entry.command}' -Parameters {given}"
    yield f"New-RoleGroup -Name '{name}' -Roles {', '.join(roles)}"
