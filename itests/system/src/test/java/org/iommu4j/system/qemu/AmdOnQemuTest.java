package org.iommu4j.system.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.iommu4j.amdvi.AmdDriver;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.api.Test;

/** What only AMD's unit has, and how it refuses: it blocks, but QEMU's never writes an event. */
class AmdOnQemuTest {
    private static final String DEVICE = "0000:00:05.0";
    private static final long PAGE = PhysicalMemory.PAGE;
    private static final long LOW = 0x12_3456_7000L;
    private static final long SOURCE = 0x100_0000;
    private static final long TARGET = 0x200_0000;
    private static final long TAG = 0x0123_4567_89ab_cdefL;
    private static final int WORD = Long.BYTES;
    /** What tables of 3, 4 and 5 levels do not reach. */
    private static final long[] LIMITS = {1L << 39, 1L << 48, 1L << 57};

    @Test
    void whatIsNotMappedIsOutOfReach() {
        try (QemuRig rig = new QemuRig(QemuDefinition.AMD)) {
            Device device = rig.device(DEVICE);
            Edu edu = new Edu(device.bar(0));
            Domain domain = attached(rig, device);
            rig.memory().storeRelease64(SOURCE, TAG);
            rig.domains().map(domain, LOW + PAGE, TARGET, PAGE, Rig.RW);
            edu.copy(LOW, LOW + PAGE, WORD);
            assertEquals(TAG, rig.memory().loadAcquire64(TARGET));

            assertEquals(PAGE, rig.domains().unmap(domain, LOW + PAGE, PAGE));
            assertEquals(DomainOps.NOT_MAPPED, rig.domains().translate(domain, LOW + PAGE));
            rig.memory().storeRelease64(TARGET, 0);
            edu.copy(LOW, LOW + PAGE, WORD);
            assertEquals(0, rig.memory().loadAcquire64(TARGET), "a write after unmap has returned");
            edu.copy(LOW, LOW + 5 * PAGE, WORD);
            assertEquals(List.of(), rig.faults());
        }
    }

    @Test
    void tablesGrowUnderADeviceAndASuccessorGoesOnWithThem() {
        try (QemuRig rig = new QemuRig(QemuDefinition.AMD)) {
            Device device = rig.device(DEVICE);
            Edu edu = new Edu(device.bar(0));
            Domain domain = attached(rig, device);
            rig.memory().storeRelease64(SOURCE, TAG);
            for (int step = 0; step < LIMITS.length; step++) {
                long frame = TARGET + step * 2 * PAGE;
                rig.domains().map(domain, LIMITS[step] - PAGE, frame, 2 * PAGE, Rig.RW);
                edu.copy(LOW, LIMITS[step] - PAGE, WORD);
                edu.copy(LOW, LIMITS[step], WORD);
                assertEquals(TAG, rig.memory().loadAcquire64(frame), "below a limit");
                assertEquals(TAG, rig.memory().loadAcquire64(frame + PAGE), "above it");
            }
            rig.update(new AmdDriver());
            assertEquals(2 * PAGE, rig.domains().unmap(domain, LIMITS[2] - PAGE, 2 * PAGE));
            long last = TARGET + 5 * PAGE;
            rig.memory().storeRelease64(last, 0);
            edu.copy(LOW, LIMITS[2], WORD);
            assertEquals(0, rig.memory().loadAcquire64(last), "a write after the successor has unmapped");
        }
    }

    private static Domain attached(QemuRig rig, Device device) {
        Domain domain = rig.iommu().allocate(device.group());
        rig.domains().map(domain, LOW, SOURCE, PAGE, Rig.RW);
        rig.iommu().replace(device.group(), domain);
        return domain;
    }
}
