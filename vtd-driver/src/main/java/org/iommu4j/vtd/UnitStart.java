package org.iommu4j.vtd;

import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.driver.domain.MachineDomains;
import org.iommu4j.driver.memory.TableMemory;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.queues.QueueMemory;
import org.iommu4j.vtd.registers.Capabilities;
import org.iommu4j.vtd.registers.FaultRecords;
import org.iommu4j.vtd.registers.GlobalCommand;
import org.iommu4j.vtd.registers.RootTableAddress;
import org.iommu4j.vtd.registers.UnitRegisters;

/**
 * Starts a unit: queue, root table, global invalidations, fault interrupt, translation on, in this order (section 11.4
 * and chapter 10). Every requester is blocked then. A unit that is found running, with nobody's record of it, is not
 * trusted: an empty root table is swung in while it runs, so that it blocks from then on, without a moment in which
 * requests would pass untranslated.
 */
final class UnitStart {
    private static final long ABSENT = -1;

    private final Unit unit;
    private final UnitRegisters registers;
    private final MachineDomains<DomainForm> machine;
    private final Capabilities capabilities;
    private final boolean running;
    private final boolean scalable;

    private UnitStart(Unit unit, UnitRegisters registers, MachineDomains<DomainForm> machine) {
        this.unit = unit;
        this.registers = registers;
        this.machine = machine;
        this.capabilities = registers.capabilities();
        checkUsable(unit, capabilities);
        this.running = registers.is(GlobalCommand.TRANSLATION_ENABLE);
        this.scalable = running ? runningMode() : capabilities.scalable();
    }

    /** @throws IommuException NO_DEVICE, NOT_SUPPORTED, NO_MEMORY, NO_SPACE, TIMEOUT; the unit is off or blocking */
    static UnitParts start(Unit unit, UnitRegisters registers, MachineDomains<DomainForm> machine) {
        return new UnitStart(unit, registers, machine).start();
    }

    /** @throws IommuException NO_DEVICE, NOT_SUPPORTED if this driver cannot drive such a unit */
    static void checkUsable(Unit unit, Capabilities capabilities) {
        String name = unit.description().name();
        if (capabilities.cap() == ABSENT && capabilities.ecap() == ABSENT) {
            throw IommuException.of(Reason.NO_DEVICE, "%s: no registers at %#x, they read as all ones", name,
                    unit.description().registerBase());
        }
        if (capabilities.levels() == 0 && !capabilities.firstStage(capabilities.scalable())) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s has neither second-stage tables of 3 to 5 levels (CAP "
                    + "%#x) nor first-stage ones in scalable mode (ECAP %#x)", name, capabilities.cap(),
                    capabilities.ecap());
        }
        if (FaultRecords.end(capabilities) > unit.registers().length()) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "%s: its fault records end at offset %#x, its registers at "
                    + "%#x", name, FaultRecords.end(capabilities), unit.registers().length());
        }
    }

    private UnitParts start() {
        registers.maskFaultInterrupt();
        TableMemory memory = TableMemory.of(unit, capabilities.coherent());
        long root = memory.newFrame();
        QueueMemory queue = null;
        try {
            if (capabilities.queuedInvalidation()) {
                queue = QueueMemory.allocate(unit.memory(), unit.frames(), scalable);
            }
            UnitParts parts = UnitParts.of(unit, registers, UnitParts.forms(unit, capabilities, scalable), machine,
                    root, queue, 0, 0);
            if (queue != null) {
                startQueue(queue);
            }
            startTranslation(parts);
            return parts;
        } catch (RuntimeException e) {
            undo(memory, queue, root, e);
            throw e;
        }
    }

    private void startQueue(QueueMemory queue) {
        if (registers.is(GlobalCommand.QUEUED_INVALIDATION_ENABLE)) {
            registers.await(() -> registers.queueHead() == registers.queueTail(), "IQH to reach IQT");
            registers.off(GlobalCommand.QUEUED_INVALIDATION_ENABLE);
        }
        registers.queueTail(0);
        registers.queueAddress(queue.register());
        registers.on(GlobalCommand.QUEUED_INVALIDATION_ENABLE);
    }

    private void startTranslation(UnitParts parts) {
        if (capabilities.writeBufferFlush()) {
            registers.flushWriteBuffer();
        }
        registers.rootTable(RootTableAddress.of(parts.tables().root(), scalable));
        registers.on(GlobalCommand.SET_ROOT_TABLE_POINTER);
        parts.caches().forgetAll();
        parts.faults().discard();
        unit.onInterrupt(UnitParts.FAULT, parts.faults()::drain);
        registers.faultInterrupt(unit.interrupt(UnitParts.FAULT));
        registers.on(GlobalCommand.TRANSLATION_ENABLE);
    }

    /** A unit that was off is off again, and its frames are given back; one that was running is made to block. */
    private void undo(TableMemory memory, QueueMemory queue, long root, RuntimeException cause) {
        try {
            registers.maskFaultInterrupt();
            if (running) {
                registers.rootTable(RootTableAddress.of(root, scalable));
                registers.on(GlobalCommand.SET_ROOT_TABLE_POINTER);
                return; // hardware goes on using the frames
            }
            turnOff(GlobalCommand.TRANSLATION_ENABLE);
            turnOff(GlobalCommand.QUEUED_INVALIDATION_ENABLE);
            memory.free(root);
            if (queue != null) {
                queue.free(unit.frames());
            }
        } catch (RuntimeException e) {
            cause.addSuppressed(e); // hardware is stuck: the frames stay taken, because it may use them
        }
    }

    private void turnOff(GlobalCommand state) {
        if (registers.is(state)) {
            registers.off(state);
        }
    }

    /** The mode cannot change while translation is on (section 11.4.5). */
    private boolean runningMode() {
        long address = registers.rootTable();
        if (RootTableAddress.isLegacy(address)) {
            return false;
        }
        if (RootTableAddress.isScalable(address) && capabilities.scalable()) {
            return true;
        }
        throw IommuException.of(Reason.NOT_SUPPORTED, "%s runs in a mode that this driver does not have (RTADDR %#x)",
                unit.description().name(), address);
    }
}
