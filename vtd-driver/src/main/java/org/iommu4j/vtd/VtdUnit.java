package org.iommu4j.vtd;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.HandoverRecord;
import org.iommu4j.api.driver.UnitCapabilities;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.pagetable.PageTable;
import org.iommu4j.driver.domain.BlockedDomain;
import org.iommu4j.vtd.domain.DomainForm;
import org.iommu4j.driver.domain.IdentityDomain;
import org.iommu4j.driver.domain.PagingDomain;
import org.iommu4j.vtd.domain.UnitDomains;
import org.iommu4j.vtd.domain.UnitForms;
import org.iommu4j.vtd.entries.EntryChange;
import org.iommu4j.vtd.entries.FirstStageEntry;
import org.iommu4j.vtd.entries.RequesterTables;
import org.iommu4j.vtd.entries.SecondStageEntry;
import org.iommu4j.vtd.entries.Translation;
import org.iommu4j.vtd.handover.RecordWriter;
import org.iommu4j.vtd.handover.UnitRecord;
import org.iommu4j.vtd.queues.Invalidations;
import org.iommu4j.vtd.queues.QueuePlace;
import org.iommu4j.vtd.registers.Capabilities;

/** A unit in this driver's charge. Which requester is in which domain, the tables in memory say. */
final class VtdUnit implements DriverUnit {
    private final UnitParts parts;
    private final UnitForms forms;
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
        this.forms = parts.forms();
        this.tables = parts.tables();
        this.recordVersion = recordVersion;
        this.onEnd = onEnd;
        this.identity = new IdentityDomain(parts.unit().machine().physicalAddressBits());
    }

    @Override
    public UnitCapabilities capabilities() {
        DomainForm form = forms.preferred(Set.of());
        Capabilities registers = forms.capabilities();
        int version = parts.registers().version();
        String summary = String.format("VT-d %d.%d, %s mode, %s stage, %d levels, CAP %#x, ECAP %#x, taken over %d "
                + "times", version >>> 4, version & 15, forms.scalable() ? "scalable" : "legacy",
                form.firstStage() ? "first" : "second", form.levels(), registers.cap(), registers.ecap(),
                parts.handovers());
        return new UnitCapabilities(form.addressBits(), form.outputBits(), form.pageSizes(), registers.domainIds(),
                summary);
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
    public DriverDomain allocate(long id, Set<DomainFlag> flags) {
        return parts.domains().allocate(id, flags);
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
        if (now.equals(old)) {
            parts.domains().part(now);
            return AttachMethod.NONE;
        }
        EntryChange change;
        try {
            change = tables.change(requester, now);
        } catch (RuntimeException e) {
            parts.domains().part(now);
            throw e;
        }
        complete(change, requester, old, now);
        parts.domains().part(old);
        return change.method();
    }

    /** The entry is changed; now what hardware may have cached of the old one. */
    private void complete(EntryChange change, int requester, Translation old, Translation now) {
        try {
            parts.caches().entryChanged(requester, old, now, change.replacesTable());
        } catch (RuntimeException e) {
            // The requester stays counted in the new domain too: hardware may have cached it under that id.
            change.undo();
            throw e;
        }
        change.settle();
    }

    @Override
    public void dirtyTracking(DriverDomain domain, boolean on) {
        PagingDomain<DomainForm> paging = UnitDomains.paging(domain);
        boolean before = paging.tracking();
        paging.tracking(on);
        List<Integer> done = new ArrayList<>();
        try {
            for (int requester : requestersOf(paging)) {
                mark(requester, on);
                done.add(requester);
            }
        } catch (RuntimeException e) {
            paging.tracking(before);
            goBack(done, before, e);
            throw e;
        }
    }

    private void goBack(List<Integer> requesters, boolean marking, RuntimeException cause) {
        try {
            requesters.forEach(requester -> mark(requester, marking));
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private List<Integer> requestersOf(PagingDomain<DomainForm> domain) {
        int domainId = parts.domains().idOf(domain);
        List<Integer> requesters = new ArrayList<>();
        tables.forEachPresent((requester, translation) -> {
            if (domainId != 0 && translation.domainId() == domainId) {
                requesters.add(requester);
            }
        });
        return requesters;
    }

    private void mark(int requester, boolean on) {
        Translation old = tables.read(requester);
        if (old.marksWrites() != on) {
            Translation now = Translation.secondStage(old.root(), old.levels(), old.domainId(), on);
            complete(tables.change(requester, now), requester, old, now);
        }
    }

    @Override
    public List<WalkStep> walk(int requester, long iova) {
        checkRequester(requester);
        List<WalkStep> steps = new ArrayList<>();
        tables.walk(requester, steps);
        Translation translation = tables.read(requester);
        DomainForm form = forms.of(translation);
        if (form != null) {
            PageTable table = PageTable.adopt(form.format(), parts.unit().memory(), parts.unit().frames(),
                    translation.root());
            table.walk(iova, (level, pa, entry) -> steps.add(form.firstStage()
                    ? FirstStageEntry.step(level, pa, entry) : SecondStageEntry.step(level, pa, entry)));
        }
        return steps;
    }

    @Override
    public List<String> queueCounts() {
        return parts.caches().invalidations().counts().lines();
    }

    @Override
    public HandoverRecord leave() {
        Invalidations invalidations = parts.caches().invalidations();
        invalidations.awaitIdle();
        HandoverRecord record = record(invalidations.place(), invalidations.counts().words());
        end();
        return record;
    }

    /** Without what every map and unmap changes: the place in the queue, the counts. */
    @Override
    public HandoverRecord record() {
        QueuePlace place = parts.caches().invalidations().place();
        return record(new QueuePlace(place.base(), place.wide(), 0, place.status()), List.of());
    }

    private HandoverRecord record(QueuePlace place, List<Long> counts) {
        return RecordWriter.write(new UnitRecord(place, new UnitRecord.Root(tables.root(), tables.scalable()),
                parts.registers().faultInterrupt(), parts.domains().ids(),
                parts.domains().known().stream().map(this::row).toList(), counts, parts.handovers()), recordVersion);
    }

    @Override
    public boolean isIn(int requester, DriverDomain domain) {
        checkRequester(requester);
        Translation now = tables.read(requester);
        if (domain instanceof PagingDomain paging) {
            return now.hasTable() && parts.domains().idOf(paging) == now.domainId();
        }
        return now.equals(parts.domains().join(domain));
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

    private UnitRecord.DomainRow row(PagingDomain<DomainForm> domain) {
        return new UnitRecord.DomainRow(domain.id(), domain.root(), domain.form(), parts.domains().idOf(domain),
                parts.domains().isHomeOf(domain), domain.tracking());
    }

    private void checkRequester(int requester) {
        if (requester < 0 || requester >= RequesterTables.REQUESTERS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s: requester %#x; the last one is %#x", parts.name(),
                    requester, RequesterTables.REQUESTERS - 1);
        }
    }
}
