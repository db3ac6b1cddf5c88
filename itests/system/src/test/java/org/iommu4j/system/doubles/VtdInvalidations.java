package org.iommu4j.system.doubles;

import java.util.function.LongPredicate;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.vtd.VtdDriver;

/**
 * VT-d's: bits of the lower word are those of VT-d specification 6.5.2: type in 3:0, granularity in 5:4; of a wait SW
 * in 5, status data in 63:32; in the upper word of an IOTLB invalidation IH is bit 6, that of a wait is the status
 * address.
 */
final class VtdInvalidations implements Invalidations {
    private static final int CONTEXT = 1;
    private static final int IOTLB = 2;
    private static final int WAIT = 5;
    private static final int PASID_IOTLB = 6;
    private static final int PASID = 7;
    private static final int DOMAIN = 2;
    private static final int PAGES = 3;
    private static final long STATUS_WRITE = 1 << 5;
    private static final long LEAVES_ONLY = 1 << 6;
    /** A context-cache invalidation of requester 0xffff, which nobody has. */
    private static final long NOTHING = CONTEXT | 3 << 4 | 0xffffL << Integer.SIZE;

    @Override
    public IommuDriver withoutIotlbOfPages() {
        return without(low -> isOfTranslations(low) && granularity(low) == PAGES);
    }

    @Override
    public IommuDriver withoutIotlbOfDomain() {
        return without(low -> isOfTranslations(low) && granularity(low) == DOMAIN);
    }

    /** In the context cache in legacy mode, in the PASID cache in scalable mode. */
    @Override
    public IommuDriver withoutEntryOfRequester() {
        return without(low -> type(low) == CONTEXT && granularity(low) != 1
                || type(low) == PASID && granularity(low) != 3);
    }

    @Override
    public IommuDriver withoutGlobal() {
        return without(low -> type(low) == PASID ? granularity(low) == 3
                : (type(low) == CONTEXT || type(low) == IOTLB) && granularity(low) == 1);
    }

    @Override
    public IommuDriver sayingLeavesOnly() {
        return tapped((words, memory) -> {
            if (isOfTranslations(words[0]) && granularity(words[0]) == PAGES) {
                words[1] |= LEAVES_ONLY;
            }
        });
    }

    /** Each wait's status is there at once, and hardware never sees a wait. */
    @Override
    public IommuDriver withoutWaiting() {
        return tapped((words, memory) -> {
            if (type(words[0]) == WAIT && (words[0] & STATUS_WRITE) != 0) {
                memory.storeRelease32(words[1], (int) (words[0] >>> Integer.SIZE));
                words[0] = NOTHING;
                words[1] = 0;
            }
        });
    }

    private static IommuDriver without(LongPredicate kind) {
        return tapped((words, memory) -> {
            if (kind.test(words[0])) {
                words[0] = NOTHING;
                words[1] = 0;
            }
        });
    }

    private static IommuDriver tapped(DescriptorRule rule) {
        return DriverDouble.on(new VtdDriver(), PortsDouble.registers(
                unit -> new QueueTap(unit.registers(), unit.memory(), rule)));
    }

    private static int type(long low) {
        return (int) low & 0xf;
    }

    /** In the first stage, the one by PASID; its granularities of one domain and of pages have the same numbers. */
    private static boolean isOfTranslations(long low) {
        return type(low) == IOTLB || type(low) == PASID_IOTLB;
    }

    private static int granularity(long low) {
        return (int) (low >>> 4) & 0b11;
    }
}
