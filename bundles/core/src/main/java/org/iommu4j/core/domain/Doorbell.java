package org.iommu4j.core.domain;

import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.ReservedRegion;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.core.unit.Binding;

/**
 * The page that takes the machine's interrupt messages. Where a unit translates these like any write, it is mapped in
 * every domain that a group is put into, at the start of the region that is kept for it, so that the devices'
 * interrupts arrive in all of them at the same IOVA. Used inside the gate, or while it is closed.
 */
final class Doorbell {
    private final long pa;

    /** @param pa physical address that interrupt messages are written to */
    Doorbell(long pa) {
        this.pa = pa;
    }

    /**
     * Maps it in a domain before a group comes into that, and keeps the region from the domain's clients from now on.
     *
     * @throws IommuException INCOMPATIBLE if something else is mapped there; what the driver throws
     */
    synchronized void map(DomainHandle target, DeviceGroup group, Binding binding) {
        for (ReservedRegion region : group.reservedRegions()) {
            if (region.kind() == ReservedRegion.Kind.SW_MSI && target.hasTable()) {
                target.keepForMessages(region);
                map(target, region, binding);
            }
        }
    }

    private void map(DomainHandle target, ReservedRegion region, Binding binding) {
        DriverDomain table = target.table(binding);
        long page = Long.lowestOneBit(target.pageSizes());
        long iova = region.start() + page - 1 & -page;
        long found = table.translate(iova);
        if (found == DomainOps.NOT_MAPPED) {
            table.map(iova, pa & -page, page,
                    Protection.READ | Protection.WRITE | Protection.NOEXEC | Protection.MMIO, new Gather());
        } else if (found != (pa & -page)) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%s maps %#x to %#x, where interrupt messages need %#x",
                    target, iova, found, pa & -page);
        }
    }
}
