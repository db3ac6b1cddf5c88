package org.iommu4j.smmuv3;

import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.smmuv3.domain.DomainForm;
import org.iommu4j.smmuv3.entries.StreamTable;
import org.iommu4j.smmuv3.firmware.IortProbe;
import org.iommu4j.smmuv3.queues.QueueMemory;
import org.iommu4j.smmuv3.registers.Capabilities;
import org.iommu4j.smmuv3.registers.Control;
import org.iommu4j.smmuv3.registers.StreamTableBase;
import org.iommu4j.smmuv3.registers.UnitRegisters;

/**
 * Starts a unit (section 6.3.9.6 and chapter 3.11): off, with everything refused while it is; then stream table,
 * queues, invalidation of everything, interrupts, translation on, in this order. Every stream aborts then, but those
 * that firmware says are in use for its own purposes (RMR): these pass until core puts them into a domain. A unit that
 * is found running, with nobody's record of it, is not trusted and starts the same way.
 */
final class UnitStart {
    private static final int ABSENT = -1;
    private static final int OFF = 0;

    private final Unit unit;
    private final UnitRegisters registers;
    private final Capabilities capabilities;
    private final TableMemory memory;
    private StreamTable table;
    private QueueMemory commands;
    private QueueMemory events;

    private UnitStart(Unit unit, UnitRegisters registers) {
        this.unit = unit;
        this.registers = registers;
        checkLength(unit);
        this.capabilities = registers.capabilities();
        checkUsable(unit, capabilities);
        this.memory = TableMemory.of(unit, capabilities.coherent());
    }

    /** @throws IommuException NO_DEVICE, NOT_SUPPORTED, NO_MEMORY, TIMEOUT; the unit is off and refuses everything */
    static UnitParts start(Unit unit, UnitRegisters registers, MachineDomains<DomainForm> machine) {
        return new UnitStart(unit, registers).start(machine);
    }

    /** @throws IommuException NOT_SUPPORTED if the register file is too short to be one */
    static void checkLength(Unit unit) {
        if (unit.registers().length() < UnitRegisters.LENGTH) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s: its registers at %#x have %#x bytes of %#x",
                    unit.description().name(), unit.description().registerBase(), unit.registers().length(),
                    UnitRegisters.LENGTH);
        }
    }

    /** @throws IommuException NO_DEVICE, NOT_SUPPORTED if this driver cannot drive such a unit */
    static void checkUsable(Unit unit, Capabilities capabilities) {
        if ((int) capabilities.idr0() == ABSENT && (int) capabilities.idr1() == ABSENT) {
            throw IommuException.of(Reason.NO_DEVICE, "%s: no registers at %#x, they read as all ones",
                    unit.description().name(), unit.description().registerBase());
        }
        require(unit, capabilities.stage1() || capabilities.stage2(), "has neither stage 1 nor stage 2",
                capabilities.idr0());
        require(unit, capabilities.aarch64(), "walks no tables of the 64-bit format", capabilities.idr0());
        require(unit, !capabilities.bigEndian(), "walks big endian tables only", capabilities.idr0());
        require(unit, !capabilities.stallForced(), "holds every fault until it is answered", capabilities.idr0());
        require(unit, !capabilities.preset(), "fixes where its tables or queues lie", capabilities.idr1());
        require(unit, capabilities.commandQueueLg2() > 1, "has too small a command queue", capabilities.idr1());
        require(unit, capabilities.granuleLg2() != 0, "has no granule of tables", capabilities.idr5());
    }

    private static void require(Unit unit, boolean condition, String problem, long register) {
        if (!condition) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s %s (identification register %#x)",
                    unit.description().name(), problem, register);
        }
    }

    private UnitParts start(MachineDomains<DomainForm> machine) {
        turnOff();
        try {
            table = StreamTable.create(memory, capabilities.streamBits(), capabilities.twoLevelStreams());
            commands = QueueMemory.commands(memory, capabilities.commandQueueLg2(),
                    capabilities.messages() && capabilities.coherent());
            events = QueueMemory.events(memory, capabilities.eventQueueLg2());
            UnitParts parts = UnitParts.of(unit, registers, machine,
                    new UnitParts.Places(table, commands, 0, events), 0);
            keepFirmwareGoing(parts);
            turnOn(parts);
            return parts;
        } catch (RuntimeException e) {
            undo(e);
            throw e;
        }
    }

    private void turnOff() {
        registers.abortWhileOff();
        registers.interrupts(OFF);
        registers.state(OFF);
    }

    private void keepFirmwareGoing(UnitParts parts) {
        List<Integer> streams = IortProbe.firmwareStreams(unit.machine(), unit.description().registerBase());
        streams.stream().filter(stream -> stream < table.streams()).forEach(parts.streams()::passFromTheStart);
    }

    private void turnOn(UnitParts parts) {
        registers.memoryAttributes();
        registers.streamTable(StreamTableBase.base(table.base()),
                StreamTableBase.config(table.streamBits(), table.splitBits()));
        registers.commandQueue(commands.register());
        int errors = registers.activeErrors();
        if (errors != 0) {
            registers.acknowledge(errors); // what an earlier owner of the unit left
        }
        registers.state(Control.COMMANDS);
        parts.caches().forgetAll();
        registers.eventQueue(events.register());
        registers.state(Control.QUEUES);
        parts.listen();
        if (capabilities.messages()) {
            registers.interruptMessages(unit.interrupt(UnitParts.EVENTS), unit.interrupt(UnitParts.ERRORS));
        }
        registers.interrupts(Control.INTERRUPTS);
        registers.state(Control.RUNNING);
    }

    /** The unit is off again and refuses everything, and its frames are given back. */
    private void undo(RuntimeException cause) {
        try {
            turnOff();
            if (events != null) {
                events.free();
            }
            if (commands != null) {
                commands.free();
            }
            if (table != null) {
                table.free();
            }
        } catch (RuntimeException e) {
            cause.addSuppressed(e); // hardware is stuck: the frames stay taken, because it may use them
        }
    }
}
