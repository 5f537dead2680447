"""The least that an operator needs: a management role for each built-in one, with just the commands and parameters used."""

from collections.abc import Iterator
from dataclasses import dataclass

from roomscope.generator.products.product import Product
from roomscope.generator.statement.model import Statement

_COMMON = frozenset({"ErrorAction"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A command with the parameters that the scripts give it."""

    command: str
    parameters: tuple[str, ...]


def needed(statement: Statement, product: Product, steps: tuple[int, ...] = ()) -> tuple[Entry, ...]:
    """What the scripts of these steps, or of all, call in Exchange."""
    used: dict[str, set[str]] = {}
    for script in statement.scripts:
        rules = product.allowed(script.step)
        for call in script.calls if not steps or script.step in steps else ():
            command = rules.command(call.command)
            if command is not None and command.exchange:
                used.setdefault(call.command, set()).update(one.parameter for one in call.given)
    return tuple(Entry(name, tuple(sorted(given - _COMMON))) for name, given in sorted(used.items()))


def roles_of(statement: Statement, product: Product, step: int) -> tuple[str, ...]:
    """The built-in roles that hold the commands of a step."""
    return tuple(sorted({_role(product, entry) for entry in needed(statement, product, (step,))}))


def role_script(statement: Statement, product: Product, name: str) -> str:
    """PowerShell for an administrator of roles, to be read and pasted: one small role for each built-in one."""
    return "\n".join(_role_lines(needed(statement, product), product, name)) + "\n"


def _role_lines(entries: tuple[Entry, ...], product: Product, name: str) -> Iterator[str]:
    roles = []
    for parent in dict.fromkeys(one.role for one in product.commands):
        mine = [entry for entry in entries if _role(product, entry) == parent]
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


def _role(product: Product, entry: Entry) -> str:
    command = product.command(entry.command)
    return "" if command is None else command.role
