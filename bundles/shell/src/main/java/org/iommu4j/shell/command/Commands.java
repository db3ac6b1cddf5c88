package org.iommu4j.shell.command;

import java.util.List;
import java.util.function.Consumer;

/** All commands of this bundle, in the order in which help lists them. */
public final class Commands {
    private Commands() {
    }

    /**
     * Fresh instances, for one call.
     *
     * @param script runs a file; throws {@link CommandFailure} if a line fails
     */
    public static List<Query> all(Services services, Consumer<String> script) {
        return List.of(new MachinesCommand(services), new UnitsCommand(services), new DevicesCommand(services),
                new GroupsCommand(services), new DomainsCommand(services), new WalkCommand(services),
                new FaultsCommand(services), new DriversCommand(services), new SwapCommand(services),
                new WhyCommand(services), new CreateProcessCommand(services), new ListProcessesCommand(services),
                new MapMemoryCommand(services), new UnmapMemoryCommand(services), new ProtectMemoryCommand(services),
                new ReadMemoryCommand(services), new WriteMemoryCommand(services), new ForkProcessCommand(services),
                new ExitProcessCommand(services), new WaitForCommand(services), new RunCommand(services, script));
    }
}
