package org.iommu4j.api.driver;

import java.util.List;
import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.status.WalkStep;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A unit with a driver in charge. Control operations of one unit are serialised by core; domain operations and
 * interrupt handlers run beside them.
 */
@ConsumerType
public interface DriverUnit {
    UnitCapabilities capabilities();

    /** The domain that refuses everything. */
    DriverDomain blocked();

    /** The domain in which IOVA equals PA. @throws org.iommu4j.api.IommuException NOT_SUPPORTED */
    DriverDomain identity();

    /**
     * A new, empty paging domain, ready for mapping before any attach.
     *
     * @param id core's number of it; a driver refers to domains by it in its record
     */
    default DriverDomain allocate(long id) {
        return allocate(id, Set.of());
    }

    /**
     * As {@link #allocate(long)}.
     *
     * @param flags what the domain must be able to do
     * @throws org.iommu4j.api.IommuException NOT_SUPPORTED if this unit cannot do that
     */
    DriverDomain allocate(long id, Set<DomainFlag> flags);

    /**
     * A paging domain that was allocated on this unit: rebuilt from the record if a former driver did it. Core asks for
     * each once after a handover, be it one that failed and came back.
     *
     * @throws org.iommu4j.api.IommuException NO_DEVICE if the record does not name it
     */
    DriverDomain domain(long id);

    /**
     * Makes a domain the translation of a requester, whatever it was before: each transaction sees the old or the new
     * domain, never a mixture or a gap. When it returns the old one is not in force any more: caches are invalidated
     * and transactions that used it have ended.
     *
     * @param requester id as the unit sees it, 0 to 65535 on PCI
     * @param domain from this driver; it may come from another of the machine's units
     * @throws org.iommu4j.api.IommuException INCOMPATIBLE, NO_SPACE, NO_MEMORY; the old one is in force then
     */
    AttachMethod attach(int requester, DriverDomain domain);

    /**
     * Has hardware mark in this unit the pages of a domain that are written, or stop it, for the requesters that are
     * attached and for those that will be. When it returns, it is so. Core asks each unit of the machine, whether it
     * has requesters of the domain or not, and clears older marks before it turns tracking on.
     *
     * @param domain from this driver
     * @throws org.iommu4j.api.IommuException NOT_SUPPORTED if the domain was not allocated for it; nothing has changed
     */
    default void dirtyTracking(DriverDomain domain, boolean on) {
        throw IommuException.of(Reason.NOT_SUPPORTED, "domain %d: this driver tracks no writes", domain.id());
    }

    /**
     * Every table entry on the way from the requester to the page of an IOVA, as far as it goes.
     *
     * @return in the order of the walk, never empty
     */
    List<WalkStep> walk(int requester, long iova);

    /** Descriptors that this unit's queue took since the unit was attached, by kind, as {@code kind=count} lines. */
    List<String> queueCounts();

    /**
     * Hands the unit to a successor: every queue is idle, nothing lies between a store and its invalidation, and
     * translation stays on. Afterwards this object is not called again.
     */
    HandoverRecord leave();

    /**
     * What {@link IommuDriver#recover} would need now. The driver stays in charge; maps and unmaps go on and change
     * nothing of it.
     *
     * @throws IommuException NOT_SUPPORTED if no driver of this kind can recover
     */
    default HandoverRecord record() {
        throw IommuException.of(Reason.NOT_SUPPORTED, "this driver writes no record while it is in charge");
    }

    /**
     * True if a requester is in a domain, as the tables in memory say.
     *
     * @param domain from this driver
     */
    default boolean isIn(int requester, DriverDomain domain) {
        throw IommuException.of(Reason.NOT_SUPPORTED, "this driver cannot tell whether requester %#x is in domain %d",
                requester, domain.id());
    }

    /** Turns the unit off for good, failing closed: every requester is blocked. */
    void stop();
}
