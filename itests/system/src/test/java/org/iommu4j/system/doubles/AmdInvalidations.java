package org.iommu4j.system.doubles;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.iommu4j.api.driver.IommuDriver;

/**
 * AMD's: commands of AMD 48882 2.4, the operation code in bits 63:60 of the lower word. Of INVALIDATE_IOMMU_PAGES the
 * upper word's bit 1 is PDE, its bits 63:12 the address, 62:12 all ones for everything; of COMPLETION_WAIT the lower
 * word's bit 0 is s, its bits 51:3 the address of the store, the upper word the data.
 */
final class AmdInvalidations implements Invalidations {
    private static final int COMPLETION_WAIT = 1;
    private static final int DEVTAB_ENTRY = 2;
    private static final int IOMMU_PAGES = 3;
    private static final int IOMMU_ALL = 8;
    private static final int OP_SHIFT = 60;
    private static final long STORES = 1;
    private static final long STORE_ADDRESS = (1L << 52) - 8;
    private static final long PDE = 1 << 1;
    private static final int ADDRESS_SHIFT = 12;
    private static final long EVERYTHING = (1L << 51) - 1;
    /** INVALIDATE_DEVTAB_ENTRY of a requester that nobody is. */
    private static final long NOTHING = (long) DEVTAB_ENTRY << OP_SHIFT | 0xffff;

    private final Supplier<IommuDriver> driver;

    AmdInvalidations(Supplier<IommuDriver> driver) {
        this.driver = driver;
    }

    @Override
    public IommuDriver withoutIotlbOfPages() {
        return without(AmdInvalidations::isOfPages);
    }

    @Override
    public IommuDriver withoutIotlbOfDomain() {
        return without(AmdInvalidations::isOfDomain);
    }

    @Override
    public IommuDriver withoutEntryOfRequester() {
        return without(words -> op(words) == DEVTAB_ENTRY);
    }

    /** Without INVALIDATE_IOMMU_ALL, or, where there is none, without the first command of each entry and domain. */
    @Override
    public IommuDriver withoutGlobal() {
        Set<Long> left = new HashSet<>();
        long all = (long) IOMMU_ALL << OP_SHIFT;
        return without(words -> op(words) == IOMMU_ALL ? left.add(all) | true
                : !left.contains(all) && (op(words) == DEVTAB_ENTRY || isOfDomain(words)) && left.add(words[0]));
    }

    @Override
    public IommuDriver sayingLeavesOnly() {
        return tapped((words, memory) -> {
            if (isOfPages(words)) {
                words[1] &= ~PDE;
            }
        });
    }

    /** Each wait's word is there at once, and hardware never sees a wait. */
    @Override
    public IommuDriver withoutWaiting() {
        return tapped((words, memory) -> {
            if (op(words) == COMPLETION_WAIT && (words[0] & STORES) != 0) {
                memory.storeRelease64(words[0] & STORE_ADDRESS, words[1]);
                words[0] = NOTHING;
                words[1] = 0;
            }
        });
    }

    private IommuDriver without(Predicate<long[]> kind) {
        return tapped((words, memory) -> {
            if (kind.test(words)) {
                words[0] = NOTHING;
                words[1] = 0;
            }
        });
    }

    private IommuDriver tapped(DescriptorRule rule) {
        return DriverDouble.on(driver.get(), PortsDouble.registers(
                unit -> new CommandBufferTap(unit.registers(), unit.memory(), rule)));
    }

    private static int op(long[] words) {
        return (int) (words[0] >>> OP_SHIFT);
    }

    private static boolean isOfPages(long[] words) {
        return op(words) == IOMMU_PAGES && !isOfDomain(words);
    }

    private static boolean isOfDomain(long[] words) {
        return op(words) == IOMMU_PAGES && words[1] >>> ADDRESS_SHIFT == EVERYTHING;
    }
}
