"""Our own thin asyncio SNMP engine, with pysnmp as second backend."""
