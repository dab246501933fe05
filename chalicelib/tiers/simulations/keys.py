from chalicelib.table import Key, in_gsi1, in_table


@in_table("one", "S")
def simulation(simulation_id: str) -> Key:
    """A simulation of a ladder."""
    return Key(f"SIMULATION#{simulation_id}", "SIMULATION")


@in_table("by part", "S")
def simulation_part(simulation_id: str, part: int) -> Key:
    """A part of a simulation."""
    return Key(f"SIMULATION#{simulation_id}", f"PART#{part:06d}")


@in_gsi1("by time")
def simulation_list(at: str, simulation_id: str) -> Key:
    """The simulations of ladders, newest first."""
    return Key("SIMULATIONS", f"{at}#{simulation_id}")
