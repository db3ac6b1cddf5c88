package org.iommu4j.amdvi;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.iommu4j.amdvi.domain.DomainForm;
import org.iommu4j.amdvi.domain.UnitDomains;
import org.iommu4j.amdvi.entries.DeviceTable;
import org.iommu4j.amdvi.entries.GuestEntry;
import org.iommu4j.amdvi.entries.HostEntry;
import org.iommu4j.amdvi.entries.Translation;
import org.iommu4j.amdvi.handover.RecordWriter;
import org.iommu4j.amdvi.handover.UnitRecord;
import org.iommu4j.amdvi.queues.CommandBuffer;
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

/** A unit in this driver's charge. Which requester is in which domain, the device table in memory says. */
final class AmdUnit implements DriverUnit {
    private final UnitParts parts;
    private final DeviceTable table;
    private final int recordVersion;
    private final Consumer<AmdUnit> onEnd;
    private final BlockedDomain blocked = new BlockedDomain();
    private final IdentityDomain identity;

    /**
     * @param recordVersion of the records that it leaves
     * @param onEnd called when the driver is no longer in charge
     */
    AmdUnit(UnitParts parts, int recordVersion, Consumer<AmdUnit> onEnd) {
        this.parts = parts;
        this.table = parts.table();
        this.recordVersion = recordVersion;
        this.onEnd = onEnd;
        this.identity = new IdentityDomain(parts.ports().unit().machine().physicalAddressBits());
    }

    @Override
    public UnitCapabilities capabilities() {
        DomainForm form = parts.ports().forms().preferred(Set.of());
        String summary = String.format("AMD-Vi, %s tables of %d to %d levels, EFR %#x, NpCache %d, taken over %d times",
                form.guest() ? "guest" : "host", form.levels(), form.mostLevels(), parts.ports().features().word(),
                parts.ports().block().cachesAbsent() ? 1 : 0, parts.handovers());
        return new UnitCapabilities(form.addressBits(), form.outputBits(), form.pageSizes(), UnitDomains.IDS, summary);
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

    @Override
    public AttachMethod attach(int requester, DriverDomain domain) {
        checkRequester(requester);
        synchronized (parts.machine()) { // no table grows meanwhile
            Translation old = table.read(requester);
            Translation now = parts.domains().join(domain);
            if (now.equals(old)) {
                parts.domains().part(now);
                return AttachMethod.NONE;
            }
            AttachMethod method = change(requester, now);
            parts.domains().part(old);
            return method;
        }
    }

    private AttachMethod change(int requester, Translation now) {
        try {
            return parts.entries().change(requester, now);
        } catch (IommuException e) {
            // One that was not invalidated stays counted: hardware may have cached it under that id.
            if (e.reason() != Reason.TIMEOUT && e.reason() != Reason.IO) {
                parts.domains().part(now);
            }
            throw e;
        }
    }

    @Override
    public void dirtyTracking(DriverDomain domain, boolean on) {
        PagingDomain<DomainForm> paging = UnitDomains.paging(domain);
        synchronized (parts.machine()) {
            boolean before = paging.tracking();
            paging.tracking(on);
            try {
                mark(paging, !on, on);
            } catch (RuntimeException e) {
                paging.tracking(before);
                goBack(paging, on, e);
                throw e;
            }
        }
    }

    private void goBack(PagingDomain<DomainForm> domain, boolean marking, RuntimeException cause) {
        try {
            mark(domain, marking, !marking);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private void mark(PagingDomain<DomainForm> domain, boolean from, boolean to) {
        int domainId = parts.domains().idOf(domain);
        if (domainId != 0) {
            parts.entries().changeAll(Translation.host(domain.root(), domain.levels(), domainId, from),
                    Translation.host(domain.root(), domain.levels(), domainId, to));
        }
    }

    @Override
    public List<WalkStep> walk(int requester, long iova) {
        checkRequester(requester);
        List<WalkStep> steps = new ArrayList<>();
        table.walk(requester, steps);
        Translation translation = table.read(requester);
        DomainForm form = parts.ports().forms().of(translation);
        if (form != null) {
            PageTable pages = PageTable.adopt(form.format(), parts.ports().unit().memory(),
                    parts.ports().unit().frames(), translation.root());
            pages.walk(iova, (level, pa, entry) -> steps.add(form.guest() ? GuestEntry.step(level, pa, entry)
                    : HostEntry.step(level, pa, entry)));
        }
        return steps;
    }

    @Override
    public List<String> queueCounts() {
        return parts.caches().commands().counts().lines();
    }

    @Override
    public HandoverRecord leave() {
        CommandBuffer commands = parts.caches().commands();
        commands.awaitIdle();
        HandoverRecord record = RecordWriter.write(new UnitRecord(commands.place(), parts.events().ring().base(),
                table.base(), parts.ports().block().interrupt(), parts.domains().ids(),
                parts.domains().known().stream().map(this::row).toList(), commands.counts().words(),
                parts.handovers()), recordVersion);
        end();
        return record;
    }

    @Override
    public void stop() {
        List<Integer> requesters = new ArrayList<>();
        synchronized (parts.machine()) {
            table.forEachPresent((requester, translation) -> {
                if (!translation.isBlocked()) {
                    requesters.add(requester);
                }
            });
            requesters.forEach(requester -> attach(requester, blocked));
        }
        parts.ports().block().mask();
        // Device table and rings stay: the unit goes on blocking with them.
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
        if (requester < 0 || requester >= DeviceTable.REQUESTERS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s: requester %#x; the last one is %#x",
                    parts.ports().name(), requester, DeviceTable.REQUESTERS - 1);
        }
    }
}
