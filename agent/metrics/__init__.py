"""The metric catalogue: every series that Moulin emits is declared in this package once, and nowhere else.

Collector, exporter, alert, dashboard and report use its objects, so an alert cannot name a metric that
nobody emits. Names: ``net_`` is what devices say, ``city_`` what the intent expects and services deliver,
``moulin_`` the agent itself. Base units, ``_total`` on counters, one info metric per thing to join labels.
The order of the imports is the order of the families on a page.
"""

# isort: off
from agent.metrics.catalogue import *
from agent.metrics.device import *
from agent.metrics.hardware import *
from agent.metrics.switching import *
from agent.metrics.protocols import *
from agent.metrics.appliances import *
from agent.metrics.quality import *
from agent.metrics.intent import *
from agent.metrics.objectives import *
from agent.metrics.probes import *
from agent.metrics.own import *
from agent.metrics.events import *
from agent.metrics.streams import *
from agent.metrics.remote import *
