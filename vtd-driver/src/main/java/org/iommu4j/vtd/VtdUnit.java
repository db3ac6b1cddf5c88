package org.iommu4j.vtd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.UnitCapabilities;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.pagetable.PageTable;
import org.iommu4j.vtd.domain.BlockedDomain;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.vtd.domain.IdentityDomain;
import org.iommu4j.vtd.domain.PagingDomain;
import org.iommu4j.vtd.entries.RequesterTables;
import org.iommu4j.vtd.entries.SecondStageEntry;
import org.iommu4j.vtd.entries.Translation;
import org.iommu4j.vtd.handover.RecordWriter;
import org.iommu4j.vtd.handover.UnitRecord;
import org.iommu4j.vtd.queues.InvalidationQueue;
import org.iommu4j.vtd.queues.QueueMemory;
import org.iommu4j.vtd.registers.Capabilities;

/** A unit in this driver's charge. Which requester is in which domain, the tables in memory say. */
final class VtdUnit implements DriverUnit {
    private final UnitParts parts;
    private final Capabilities unitCapabilities;
    private final RequesterTables tables;
    private final int recordVersion;
    private final Consumer<VtdUnit> onEnd;
    private final BlockedDomain blocked = new BlockedDomain();
    private final IdentityDomain identity;

    /**
     * @param recordVersion of the records that it leaves
     * @param onEnd called when the driver is no longer in charge
     */
    VtdUnit(UnitParts parts, int recordVersion, Consumer<VtdUnit> onEnd) {
        this.parts = parts;
        this.unitCapabilities = parts.capabilities();
        this.tables = parts.tables();
        this.recordVersion = recordVersion;
        this.onEnd = onEnd;
        this.identity = new IdentityDomain(parts.unit().machine().physicalAddressBits());
    }

    @Override
    public UnitCapabilities capabilities() {
        DomainForm form = DomainForm.of(unitCapabilities, parts.unit().machine().physicalAddressBits());
        int version = parts.registers().version();
        String summary = String.format("VT-d %d.%d, %s mode, %d levels, CAP %#x, ECAP %#x, taken over %d times",
                version >>> 4, version & 15, tables.scalable() ? "scalable" : "legacy", form.levels(),
                unitCapabilities.cap(), unitCapabilities.ecap(), parts.handovers());
        return new UnitCapabilities(form.addressBits(), form.outputBits(), form.pageSizes(),
                unitCapabilities.domainIds(), summary);
    }

    @Override
    public DriverDomain blocked() {
        return blocked;
    }

    @Override
    public DriverDomain identity() {
        parts.domains().checkPassThrough();
        return identity;
    }

    @Override
    public DriverDomain allocate(long id) {
        return parts.domains().allocate(id);
    }

    @Override
    public DriverDomain domain(long id) {
        return parts.domains().find(id);
    }

    @Override
    public AttachMethod attach(int requester, DriverDomain domain) {
        checkRequester(requester);
        Translation old = tables.read(requester);
        Translation now = parts.domains().join(domain);
        try {
            if (now.equals(old)) {
                parts.domains().part(now);
                return AttachMethod.NONE;
            }
            if (!now.isBlocked()) {
                tables.prepare(requester);
            }
        } catch (RuntimeException e) {
            parts.domains().part(now);
            throw e;
        }
        change(requester, old, now);
        parts.domains().part(old);
        return old.isBlocked() ? AttachMethod.FRESH : AttachMethod.ENTRY_UPDATE;
    }

    /** One store, then what hardware may have cached of the old entry. */
    private void change(int requester, Translation old, Translation now) {
        tables.write(requester, now);
        try {
            parts.caches().entryChanged(requester, old, now);
        } catch (RuntimeException e) {
            // The requester stays counted in the new domain too: hardware may have cached it under that id.
            tables.write(requester, old);
            throw e;
        }
    }

    @Override
    public List<WalkStep> walk(int requester, long iova) {
        checkRequester(requester);
        List<WalkStep> steps = new ArrayList<>();
        tables.walk(requester, steps);
        Translation translation = tables.read(requester);
        if (translation.kind() == Translation.Kind.PAGING && unitCapabilities.hasLevels(translation.levels())) {
            DomainForm unitForm = DomainForm.of(unitCapabilities, parts.unit().machine().physicalAddressBits());
            DomainForm form = new DomainForm(translation.levels(), unitForm.pageSizes(), unitForm.addressBits(),
                    unitForm.outputBits());
            PageTable.adopt(form.format(), parts.unit().memory(), parts.unit().frames(), translation.root())
                    .walk(iova, (level, pa, entry) -> steps.add(SecondStageEntry.step(level, pa, entry)));
        }
        return steps;
    }

    @Override
    public List<String> queueCounts() {
        return parts.caches().queue().countLines();
    }

    @Override
    public HandoverRecord leave() {
        InvalidationQueue queue = parts.caches().queue();
        queue.awaitIdle();
        HandoverRecord record = RecordWriter.write(new UnitRecord(queueRecord(queue),
                new UnitRecord.Root(tables.root(), tables.scalable()), parts.registers().faultInterrupt(),
                parts.domains().ids(), parts.domains().known().stream().map(this::row).toList(),
                Arrays.stream(queue.counts()).boxed().toList(), parts.handovers()), recordVersion);
        end();
        return record;
    }

    @Override
    public void stop() {
        List<Long> frames = tables.frames();
        tables.unlink();
        parts.caches().forgetAll();
        parts.registers().maskFaultInterrupt();
        // Root table and queue stay: the unit goes on blocking with them.
        frames.forEach(parts.memory()::free);
        end();
    }

    /** Lets go of the unit's domains; does nothing to the unit. */
    void forget() {
        parts.domains().forgetUnit();
    }

    private void end() {
        forget();
        onEnd.accept(this);
    }

    private static UnitRecord.Queue queueRecord(InvalidationQueue queue) {
        QueueMemory memory = queue.memory();
        return new UnitRecord.Queue(memory.base(), memory.wide(), queue.tail(), memory.status());
    }

    private UnitRecord.DomainRow row(PagingDomain domain) {
        return new UnitRecord.DomainRow(domain.id(), domain.root(), domain.form(), parts.domains().idOf(domain),
                parts.domains().isHomeOf(domain));
    }

    private void checkRequester(int requester) {
        if (requester < 0 || requester >= RequesterTables.REQUESTERS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s: requester %#x; the last one is %#x", parts.name(),
                    requester, RequesterTables.REQUESTERS - 1);
        }
    }
}
