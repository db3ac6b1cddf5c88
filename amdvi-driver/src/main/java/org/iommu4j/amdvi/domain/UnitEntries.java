package org.iommu4j.amdvi.domain;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.amdvi.entries.DeviceTable;
import org.iommu4j.amdvi.entries.EntryChange;
import org.iommu4j.amdvi.entries.Translation;
import org.iommu4j.amdvi.queues.UnitCaches;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.driver.domain.DomainCaches;
import org.iommu4j.pagetable.PageTable;

/**
 * One unit's device table with the caches in front of it: an entry that is changed is in force, and the old one is not,
 * when a method returns. Whoever changes entries holds the monitor of the machine's domains.
 */
public final class UnitEntries implements DomainCaches<DomainForm> {
    private final DeviceTable table;
    private final UnitCaches caches;

    public UnitEntries(DeviceTable table, UnitCaches caches) {
        this.table = table;
        this.caches = caches;
    }

    public DeviceTable table() {
        return table;
    }

    /**
     * Changes one requester's entry.
     *
     * @param now not what the entry says already
     * @throws org.iommu4j.api.IommuException NO_MEMORY, TIMEOUT, IO; the old entry stands then, and after the last two
     * hardware may have cached the new one
     */
    public AttachMethod change(int requester, Translation now) {
        Translation old = table.read(requester);
        EntryChange change = table.change(requester, now);
        try {
            caches.entriesChanged(List.of(requester), old);
        } catch (RuntimeException e) {
            change.undo();
            throw e;
        }
        change.settle();
        return change.method();
    }

    /** The requesters whose entry says this. */
    public List<Integer> requestersOf(Translation translation) {
        List<Integer> requesters = new ArrayList<>();
        table.forEachPresent((requester, found) -> {
            if (found.equals(translation)) {
                requesters.add(requester);
            }
        });
        return requesters;
    }

    /**
     * Changes all entries that say one thing to say another, each by a store that replaces it whole, and invalidates
     * them together.
     *
     * @throws org.iommu4j.api.IommuException TIMEOUT, IO; each entry says either
     */
    public void changeAll(Translation from, Translation to) {
        List<Integer> requesters = requestersOf(from);
        if (!requesters.isEmpty()) {
            requesters.forEach(requester -> table.change(requester, to));
            caches.entriesChanged(requesters, from);
        }
    }

    @Override
    public void rootChanged(int domainId, PageTable from, PageTable to) {
        for (boolean marksWrites : new boolean[] {false, true}) {
            changeAll(Translation.host(from.root(), from.levels(), domainId, marksWrites),
                    Translation.host(to.root(), to.levels(), domainId, marksWrites));
        }
    }

    @Override
    public void mapped(int domainId, DomainForm form, long start, long last) {
        caches.mapped(domainId, form.guest(), start, last);
    }

    @Override
    public void forget(int domainId, DomainForm form, Gather gather) {
        if (gather.isEmpty()) {
            caches.forgetDomain(domainId, form.guest()); // tables alone: their range is not known
        } else {
            caches.forgetPages(domainId, form.guest(), gather.start(), gather.last(), gather.tableCount() != 0);
        }
    }
}
