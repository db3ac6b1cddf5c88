package org.iommu4j.system.invalidation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.iommu4j.api.Domain;
import org.iommu4j.api.IommuGroup;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.system.rig.Dma;
import org.iommu4j.system.rig.Rig;

/** What a device sees after a call has returned. Each law does DMA first, so that every cache is warm. */
final class Laws {
    static final String DEVICE = "0000:01:00.0";
    private static final String OTHER_DEVICE = "0000:07:00.0";
    static final long IOVA = 0x7_4000_0000L;

    /** More than frames are free between those of tables. */
    private static final int OTHER_RANGES = 8;
    private static final long OLD_PAGE = 0x1_4000_0000L;
    private static final long NEW_PAGE = 0x1_5000_0000L;
    private static final long OLD_TAG = 0x01d_01d;
    private static final long NEW_TAG = 0x4e_0_4e;
    private static final OptionalLong ABORTED = OptionalLong.empty();

    /** Something that is to hold on a rig. */
    interface Law {
        void check(Rig rig);
    }

    private Laws() {
    }

    /** What has been unmapped is out of reach. */
    static void unmappedIsOutOfReach(Rig rig) {
        IommuGroup group = rig.group(DEVICE);
        Domain domain = rig.domainWith(group, IOVA, OLD_PAGE, OLD_TAG);
        rig.iommu().replace(group, domain);
        Dma dma = rig.dma(DEVICE, 0);
        assertEquals(OptionalLong.of(OLD_TAG), dma.read(IOVA));
        assertEquals(rig.page(), rig.domains().unmap(domain, IOVA, rig.page()));
        assertEquals(ABORTED, dma.read(IOVA), "read of what has been unmapped");
    }

    /** After a range's tables were freed, a new map of the range is what devices see. */
    static void newTablesAreWalked(Rig rig) {
        Domain domain = domainWithTable(rig);
        Dma dma = rig.dma(DEVICE, 0);
        assertEquals(OptionalLong.of(OLD_TAG), dma.read(IOVA));
        assertEquals(table(rig), rig.domains().unmap(domain, IOVA, table(rig)));
        // Other ranges take the frame that the old table had, so that nothing falls back into its old place.
        for (int range = 0; range < OTHER_RANGES; range++) {
            rig.domains().map(domain, (IOVA << 1) + range * table(rig), OLD_PAGE, rig.page(), Rig.RW);
        }
        rig.memory().storeRelease64(NEW_PAGE, NEW_TAG);
        rig.domains().map(domain, IOVA, NEW_PAGE, rig.page(), Rig.RW);
        assertEquals(OptionalLong.of(NEW_TAG), dma.read(IOVA), "read through new tables");
    }

    /** After a replace the new domain translates, and the old one does not. */
    static void replacedIsNotInForce(Rig rig) {
        IommuGroup group = rig.group(DEVICE);
        Domain old = rig.domainWith(group, IOVA, OLD_PAGE, OLD_TAG);
        Domain next = rig.domainWith(group, IOVA, NEW_PAGE, NEW_TAG);
        rig.iommu().replace(group, old);
        Dma dma = rig.dma(DEVICE, 0);
        assertEquals(OptionalLong.of(OLD_TAG), dma.read(IOVA));
        rig.iommu().replace(group, next);
        assertEquals(OptionalLong.of(NEW_TAG), dma.read(IOVA), "read after a replace");
    }

    /** A domain that gets the number of one that was freed starts without its translations. */
    static void aNumberIsCleanWhenUsedAgain(Rig rig) {
        IommuGroup group = rig.group(DEVICE);
        Domain old = rig.domainWith(group, IOVA, OLD_PAGE, OLD_TAG);
        // The lowest free number is handed out: the group gives its own back first, so that both get the same one.
        rig.iommu().replace(group, rig.iommu().identity());
        rig.iommu().replace(group, old);
        Dma dma = rig.dma(DEVICE, 0);
        assertEquals(OptionalLong.of(OLD_TAG), dma.read(IOVA));
        rig.iommu().replace(group, rig.iommu().identity());
        rig.iommu().free(old);
        Domain next = rig.domainWith(group, IOVA, NEW_PAGE, NEW_TAG);
        rig.iommu().replace(group, next);
        assertEquals(OptionalLong.of(NEW_TAG), dma.read(IOVA), "read in a domain with a number that was used before");
    }

    /** A blocked device is out of reach of what it had. */
    static void blockedIsBlocked(Rig rig) {
        IommuGroup group = rig.group(DEVICE);
        Domain old = rig.domainWith(group, IOVA, OLD_PAGE, OLD_TAG);
        rig.iommu().replace(group, old);
        Dma dma = rig.dma(DEVICE, 0);
        assertEquals(OptionalLong.of(OLD_TAG), dma.read(IOVA));
        Domain another = rig.domainWith(rig.group(OTHER_DEVICE), IOVA, NEW_PAGE, NEW_TAG);
        rig.iommu().replace(group, rig.iommu().blocked());
        // What the blocked device's entry led to may be the other device's from now on.
        rig.iommu().replace(rig.group(OTHER_DEVICE), another);
        assertEquals(ABORTED, dma.read(IOVA), "read of a blocked device");
    }

    /** What has been mapped is in reach, although hardware has looked for it before. */
    static void mappedIsInReach(Rig rig) {
        IommuGroup group = rig.group(DEVICE);
        Domain domain = rig.domainWith(group, IOVA, OLD_PAGE, OLD_TAG);
        rig.iommu().replace(group, domain);
        Dma dma = rig.dma(DEVICE, 0);
        long next = IOVA + rig.page();
        assertEquals(ABORTED, dma.read(next));
        rig.memory().storeRelease64(NEW_PAGE, NEW_TAG);
        rig.domains().map(domain, next, NEW_PAGE, rig.page(), Rig.RW);
        assertEquals(OptionalLong.of(NEW_TAG), dma.read(next), "read of what has been mapped");
    }

    /** A device that was blocked is translated after an attach, although hardware has looked for its entry before. */
    static void attachedIsTranslated(Rig rig) {
        IommuGroup group = rig.group(DEVICE);
        Domain domain = rig.domainWith(group, IOVA, OLD_PAGE, OLD_TAG);
        rig.iommu().replace(group, rig.iommu().blocked());
        Dma dma = rig.dma(DEVICE, 0);
        assertEquals(ABORTED, dma.read(IOVA));
        rig.iommu().replace(group, domain);
        assertEquals(OptionalLong.of(OLD_TAG), dma.read(IOVA), "read after an attach");
    }

    /** The frame of a table belongs to the driver as long as a walk that may have met it is under way. */
    static void tablesOutliveTheirWalks(Rig rig) {
        Domain domain = domainWithTable(rig);
        var steps = rig.status().walk(rig.iommu().machine(), PciAddress.parse(DEVICE), IOVA);
        long table = steps.get(steps.size() - 1).pa() & -PhysicalMemory.PAGE;
        try (Held held = new Held(rig, IOVA)) {
            held.read(rig.dma(DEVICE, 0));
            held.change("unmap", () -> rig.domains().unmap(domain, IOVA, table(rig)));
            boolean taken = rig.frames().ownerOf(table) != null;
            held.release();
            assertTrue(taken, "a table was freed while a walk through it was under way");
            assertEquals(OptionalLong.of(OLD_TAG), held.outcome());
        }
        assertTrue(rig.frames().ownerOf(table) == null, "the table was not freed at all");
    }

    /** What one table of the lowest level maps. */
    private static long table(Rig rig) {
        return rig.page() / Long.BYTES * rig.page();
    }

    /** The device's domain, with just so much mapped at IOVA that an unmap of all of it unlinks a table. */
    private static Domain domainWithTable(Rig rig) {
        Domain domain = rig.iommu().allocate(rig.group(DEVICE));
        rig.memory().storeRelease64(OLD_PAGE + rig.page(), OLD_TAG);
        // The physical address is no multiple of what a table maps, so that these are small pages.
        rig.domains().map(domain, IOVA, OLD_PAGE + rig.page(), table(rig), Rig.RW);
        rig.iommu().replace(rig.group(DEVICE), domain);
        return domain;
    }
}
