package org.iommu4j.shell.command;

import picocli.CommandLine.Option;

/** A command whose answer can be narrowed to one machine. */
abstract class MachineQuery extends Query {
    @Option(names = "--machine", paramLabel = "NAME", description = "only of this machine")
    String machine;

    MachineQuery(Services services) {
        super(services);
    }

    boolean wanted(String candidate) {
        return machine == null || machine.equals(candidate);
    }

    /** @throws org.iommu4j.api.IommuException NO_DEVICE if a machine is named that core does not know */
    void checkMachine() {
        if (machine != null && !services.status().machines().contains(machine)) {
            services.machine(machine);
        }
    }
}
