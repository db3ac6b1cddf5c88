package org.iommu4j.amdvi;

import java.util.ArrayDeque;
import java.util.Deque;
import org.iommu4j.amdvi.domain.DomainForm;
import org.iommu4j.amdvi.domain.UnitDomains;
import org.iommu4j.amdvi.entries.DeviceTable;
import org.iommu4j.amdvi.queues.CommandRing;
import org.iommu4j.amdvi.queues.EventRing;
import org.iommu4j.amdvi.registers.Control;
import org.iommu4j.amdvi.registers.UnitRegisters;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.driver.domain.MachineDomains;

/**
 * Starts a unit: off, device table, command buffer, event log, interrupt, all on, everything cached forgotten, in this
 * order. Every requester is blocked from the moment in which translation is on. A unit that is found running, with
 * nobody's record of it, is turned off first: its table base cannot be changed while it runs (section 3.4.1).
 */
final class UnitStart {
    private final UnitPorts ports;
    private final UnitRegisters registers;
    private final MachineDomains<DomainForm> machine;
    /** Gives back what was taken so far, the latest first. */
    private final Deque<Runnable> taken = new ArrayDeque<>();

    private UnitStart(UnitPorts ports, MachineDomains<DomainForm> machine) {
        this.ports = ports;
        this.registers = ports.registers();
        this.machine = machine;
    }

    /** @throws org.iommu4j.api.IommuException NO_MEMORY, NO_SPACE, TIMEOUT, IO; the unit is off or blocking */
    static UnitParts start(UnitPorts ports, MachineDomains<DomainForm> machine) {
        return new UnitStart(ports, machine).start();
    }

    private UnitParts start() {
        try {
            UnitParts parts = allocate();
            parts.table().blockAll(ports.hardware().settings());
            ports.block().mask();
            registers.turnOff();
            registers.settings(Control.settings(ports.hardware().flags(), ports.features().guestTables()));
            registers.deviceTable(parts.table().register());
            registers.commands(new CommandRing(ports.unit().memory(), parts.caches().commands().place().base(),
                    parts.caches().commands().place().stores()).register());
            registers.events(parts.events().ring().register());
            registers.clearStatus(-1);
            ports.unit().onInterrupt(UnitParts.INTERRUPT, parts.events()::drain);
            ports.block().interrupt(ports.unit().interrupt(UnitParts.INTERRUPT));
            registers.turnOn();
            parts.caches().forgetAll(DeviceTable.REQUESTERS, UnitDomains.IDS);
            return parts;
        } catch (RuntimeException e) {
            undo(e);
            throw e;
        }
    }

    private UnitParts allocate() {
        PageAllocator frames = ports.unit().frames();
        long table = DeviceTable.allocate(ports.memory());
        taken.push(UnitParts.table(ports, table)::free);
        CommandRing commands = CommandRing.allocate(ports.unit().memory(), frames);
        taken.push(() -> commands.free(frames));
        EventRing events = EventRing.allocate(ports.unit().memory(), frames);
        taken.push(() -> events.free(frames));
        return UnitParts.of(ports, machine, table, commands, 0, events, 0);
    }

    /** The unit is off again, and its frames are given back. */
    private void undo(RuntimeException cause) {
        try {
            ports.block().mask();
            registers.turnOff();
            taken.forEach(Runnable::run);
        } catch (RuntimeException e) {
            cause.addSuppressed(e); // hardware is stuck: the frames stay taken, because it may use them
        }
    }
}
