package org.iommu4j.smmuv3;

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
import org.iommu4j.driver.domain.BlockedDomain;
import org.iommu4j.driver.domain.IdentityDomain;
import org.iommu4j.driver.domain.PagingDomain;
import org.iommu4j.pagetable.PageTable;
import org.iommu4j.smmuv3.domain.DomainForm;
import org.iommu4j.smmuv3.domain.UnitDomains;
import org.iommu4j.smmuv3.domain.UnitForms;
import org.iommu4j.smmuv3.entries.LeafEntry;
import org.iommu4j.smmuv3.entries.StreamChange;
import org.iommu4j.smmuv3.entries.Streams;
import org.iommu4j.smmuv3.entries.Translation;
import org.iommu4j.smmuv3.handover.RecordWriter;
import org.iommu4j.smmuv3.handover.UnitRecord;
import org.iommu4j.smmuv3.queues.CommandQueue;
import org.iommu4j.smmuv3.registers.Capabilities;

/** A unit in this driver's charge. Which stream is in which domain, the tables in memory say. */
final class SmmuUnit implements DriverUnit {
    private final UnitParts parts;
    private final UnitForms forms;
    private final Streams streams;
    private final int recordVersion;
    private final Consumer<SmmuUnit> onEnd;
    private final BlockedDomain blocked = new BlockedDomain();
    private final IdentityDomain identity;

    /**
     * @param recordVersion of the records that it leaves
     * @param onEnd called when the driver is no longer in charge
     */
    SmmuUnit(UnitParts parts, int recordVersion, Consumer<SmmuUnit> onEnd) {
        this.parts = parts;
        this.forms = parts.forms();
        this.streams = parts.streams();
        this.recordVersion = recordVersion;
        this.onEnd = onEnd;
        this.identity = new IdentityDomain(parts.unit().machine().physicalAddressBits());
    }

    @Override
    public UnitCapabilities capabilities() {
        DomainForm form = forms.preferred(Set.of());
        Capabilities registers = forms.capabilities();
        String summary = String.format("SMMUv3.%d, stage %d, granule 2^%d, %d to %d bits, %s stream table of 2^%d, "
                + "IDR0 %#x, IDR1 %#x, IDR3 %#x, IDR5 %#x, taken over %d times", parts.registers().version() & 15,
                form.stage1() ? 1 : 2, form.granuleLg2(), form.addressBits(), form.outputBits(),
                streams.table().splitBits() == 0 ? "linear" : "2-level", streams.table().streamBits(),
                registers.idr0(), registers.idr1(), registers.idr3(), registers.idr5(), parts.handovers());
        return new UnitCapabilities(form.addressBits(), form.outputBits(), form.pageSizes(),
                form.stage1() ? registers.asids() : registers.vmids(), summary);
    }

    @Override
    public DriverDomain blocked() {
        return blocked;
    }

    @Override
    public DriverDomain identity() {
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

    /** The new domain hears of invalidations before the entries change, the old one until after that. */
    @Override
    public AttachMethod attach(int requester, DriverDomain domain) {
        checkStream(requester);
        Translation old = streams.read(requester);
        Translation now = parts.domains().join(domain);
        if (now.equals(old)) {
            parts.domains().part(now);
            return AttachMethod.NONE;
        }
        StreamChange change;
        try {
            change = streams.change(requester, now);
        } catch (RuntimeException e) {
            parts.domains().part(now);
            throw e;
        }
        try {
            parts.caches().forgetTranslations(old);
        } catch (RuntimeException e) {
            // The stream stays counted in the new domain too: hardware may have cached it under that tag.
            change.undo().run();
            throw e;
        }
        change.settle().run();
        parts.domains().part(old);
        return change.method();
    }

    /** Hardware marks in every table that was allocated for it, always: nothing is to be turned on or off. */
    @Override
    public void dirtyTracking(DriverDomain domain, boolean on) {
        UnitDomains.paging(domain).tracking(on);
    }

    @Override
    public List<WalkStep> walk(int requester, long iova) {
        checkStream(requester);
        List<WalkStep> steps = new ArrayList<>();
        streams.walk(requester, steps);
        Translation translation = streams.read(requester);
        DomainForm form = forms.of(translation);
        if (form != null) {
            PageTable table = PageTable.adopt(form.format(), parts.unit().memory(), parts.unit().frames(),
                    translation.root());
            table.walk(iova, (level, pa, entry) -> steps.add(LeafEntry.step(form.stage1(), level, pa, entry)));
        }
        return steps;
    }

    @Override
    public List<String> queueCounts() {
        return parts.caches().commands().counts().lines();
    }

    @Override
    public HandoverRecord leave() {
        CommandQueue commands = parts.caches().commands();
        commands.awaitIdle();
        HandoverRecord record = RecordWriter.write(new UnitRecord(
                new UnitRecord.Commands(commands.memory().base(), commands.memory().sizeLg2(), commands.tail(),
                        commands.memory().status()),
                new UnitRecord.Events(parts.events().memory().base(), parts.events().memory().sizeLg2()),
                new UnitRecord.Table(streams.table().base(), streams.table().streamBits(),
                        streams.table().splitBits()),
                new UnitRecord.Interrupts(parts.registers().eventMessage(), parts.registers().errorMessage()),
                parts.domains().taken(true), parts.domains().taken(false),
                parts.domains().known().stream().map(this::row).toList(), commands.counts().words(),
                parts.handovers()), recordVersion);
        end();
        return record;
    }

    private UnitRecord.DomainRow row(PagingDomain<DomainForm> domain) {
        return new UnitRecord.DomainRow(domain.id(), domain.root(), domain.form(), parts.domains().tagOf(domain),
                parts.domains().isHomeOf(domain), domain.tracking());
    }

    @Override
    public void stop() {
        streams.end(parts.caches()::forgetAll);
        parts.registers().interrupts(0);
        // Stream table and queues stay: the unit goes on blocking with them.
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

    private void checkStream(int requester) {
        if (requester < 0 || requester >= streams.table().streams()) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s: stream %#x; the last one is %#x", parts.name(),
                    requester, streams.table().streams() - 1);
        }
    }
}
