package org.iommu4j.system.doubles;

import java.util.function.Predicate;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.smmuv3.SmmuDriver;

/**
 * SMMUv3's: numbers of commands are those of IHI 0070 4.1.1, in bits 7:0 of the lower word. Of CMD_CFGI_STE_RANGE the
 * upper word's bits 4:0 are the range, 31 for everything; of TLBI commands with an address its bit 0 is Leaf; of
 * CMD_SYNC the lower word's bits 63:32 are the data, the upper word's 51:2 the address of its message, if it has one.
 */
final class SmmuInvalidations implements Invalidations {
    private static final int CFGI_STE = 0x03;
    private static final int CFGI_STE_RANGE = 0x04;
    private static final int CFGI_CD = 0x05;
    private static final int CFGI_CD_ALL = 0x06;
    private static final int TLBI_NH_ASID = 0x11;
    private static final int TLBI_NH_VA = 0x12;
    private static final int TLBI_S12_VMALL = 0x28;
    private static final int TLBI_S2_IPA = 0x2a;
    private static final int TLBI_NSNH_ALL = 0x30;
    private static final int SYNC = 0x46;
    private static final int EVERYTHING = 31;
    private static final long MESSAGE_ADDRESS = (1L << 52) - 4;
    /** CMD_CFGI_STE of a stream that nobody has. */
    private static final long NOTHING = CFGI_STE | 0xffffL << Integer.SIZE;

    @Override
    public IommuDriver withoutIotlbOfPages() {
        return without(SmmuInvalidations::isOfPages);
    }

    @Override
    public IommuDriver withoutIotlbOfDomain() {
        return without(words -> number(words) == TLBI_NH_ASID || number(words) == TLBI_S12_VMALL);
    }

    /** In the cache of STEs, or of CDs. */
    @Override
    public IommuDriver withoutEntryOfRequester() {
        return without(words -> number(words) >= CFGI_STE && number(words) <= CFGI_CD_ALL && !isGlobal(words));
    }

    @Override
    public IommuDriver withoutGlobal() {
        return without(words -> number(words) == TLBI_NSNH_ALL || isGlobal(words));
    }

    @Override
    public IommuDriver sayingLeavesOnly() {
        return tapped((words, memory) -> {
            if (isOfPages(words)) {
                words[1] |= 1;
            }
        });
    }

    /** Each CMD_SYNC's message is there at once, and hardware never sees a CMD_SYNC. */
    @Override
    public IommuDriver withoutWaiting() {
        return tapped((words, memory) -> {
            if (number(words) == SYNC) {
                if (words[1] != 0) {
                    memory.storeRelease32(words[1] & MESSAGE_ADDRESS, (int) (words[0] >>> Integer.SIZE));
                }
                words[0] = NOTHING;
                words[1] = 0;
            }
        });
    }

    private static IommuDriver without(Predicate<long[]> kind) {
        return tapped((words, memory) -> {
            if (kind.test(words)) {
                words[0] = NOTHING;
                words[1] = 0;
            }
        });
    }

    private static IommuDriver tapped(DescriptorRule rule) {
        return DriverDouble.on(new SmmuDriver(), PortsDouble.registers(
                unit -> new CommandTap(unit.registers(), unit.memory(), rule)));
    }

    private static int number(long[] words) {
        return (int) words[0] & 0xff;
    }

    private static boolean isOfPages(long[] words) {
        return number(words) == TLBI_NH_VA || number(words) == TLBI_S2_IPA;
    }

    private static boolean isGlobal(long[] words) {
        return number(words) == CFGI_STE_RANGE && (words[1] & EVERYTHING) == EVERYTHING;
    }
}
