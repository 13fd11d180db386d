"""«Акты за месяц» on the card of an agent."""

from django.template.loader import render_to_string

from accounts.models import User
from clients.models import Client
from tasks.monthly_acts.amounts import describe_month
from tasks.monthly_acts.table import describe_act, find_acts_of

# Two years; the table of the list has the rest.
MAX_ACTS = 24


def build_acts_block(client: Client, user: User) -> str:
    """The agent's acts whose tasks ``user`` sees; "" if there are none."""
    if client.kind != Client.Kind.INDIVIDUAL:
        return ""
    acts = find_acts_of(client, user)[:MAX_ACTS]
    lines = [(describe_month(act.month), act, describe_act(act)) for act in acts]
    return render_to_string("tasks/monthly_acts/_card.html", {"lines": lines}) if lines else ""
