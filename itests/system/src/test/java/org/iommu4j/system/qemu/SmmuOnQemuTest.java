package org.iommu4j.system.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.smmuv3.SmmuDriver;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.api.Test;

/** The SMMUv3 driver on an SMMU that others have written. */
class SmmuOnQemuTest {
    private static final long IOVA = 0x12_3456_7000L;
    private static final long PAGE = PhysicalMemory.PAGE;
    private static final long SOURCE = 0x4100_0000;
    private static final long TARGET = 0x4200_0000;
    private static final long TAG = 0x0123_4567_89ab_cdefL;
    private static final int WORD = Long.BYTES;

    @Test
    void everyDeviceMovesDataThroughItsOwnDomainAndReachesNothingElse() {
        try (QemuRig rig = new QemuRig(QemuDefinition.ARM, new SmmuDriver())) {
            String[] devices = {"0000:00:05.0", "0000:00:06.0", "0000:01:00.0"};
            for (int i = 0; i < devices.length; i++) {
                Device device = rig.device(devices[i]);
                Edu edu = new Edu(device.bar(0));
                Domain domain = attached(rig, device, SOURCE + i * PAGE, TARGET + i * PAGE);
                rig.memory().storeRelease64(SOURCE + i * PAGE, TAG + i);
                edu.copy(IOVA, IOVA + PAGE, WORD);
                assertEquals(TAG + i, rig.memory().loadAcquire64(TARGET + i * PAGE), devices[i]);

                assertEquals(PAGE, rig.domains().unmap(domain, IOVA + PAGE, PAGE));
                assertEquals(DomainOps.NOT_MAPPED, rig.domains().translate(domain, IOVA + PAGE));
                rig.memory().storeRelease64(TARGET + i * PAGE, 0);
                edu.copy(IOVA, IOVA + PAGE, WORD);
                assertEquals(0, rig.memory().loadAcquire64(TARGET + i * PAGE), "a write after unmap has returned");
            }
        }
    }

    @Test
    void aReplaceIsInForceWhenItReturnsAndABlockedDeviceReachesNothing() {
        try (QemuRig rig = new QemuRig(QemuDefinition.ARM, new SmmuDriver())) {
            Device device = rig.device("0000:00:05.0");
            Edu edu = new Edu(device.bar(0));
            attached(rig, device, SOURCE, TARGET);
            rig.memory().storeRelease64(SOURCE, TAG);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            attached(rig, device, SOURCE, TARGET + PAGE);
            rig.memory().storeRelease64(TARGET, 0);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            assertEquals(0, rig.memory().loadAcquire64(TARGET), "a write through the old domain");
            assertEquals(TAG, rig.memory().loadAcquire64(TARGET + PAGE));
            rig.update(new SmmuDriver());
            rig.memory().storeRelease64(TARGET + PAGE, 0);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            assertEquals(TAG, rig.memory().loadAcquire64(TARGET + PAGE), "through the successor's hands");
            rig.iommu().replace(device.group(), rig.iommu().blocked());
            rig.memory().storeRelease64(TARGET + PAGE, 0);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            assertEquals(0, rig.memory().loadAcquire64(TARGET + PAGE), "a write of a blocked device");
        }
    }

    private static Domain attached(QemuRig rig, Device device, long first, long second) {
        Domain domain = rig.iommu().allocate(device.group());
        rig.domains().map(domain, IOVA, first, PAGE, Rig.RW);
        rig.domains().map(domain, IOVA + PAGE, second, PAGE, Rig.RW);
        rig.iommu().replace(device.group(), domain);
        return domain;
    }
}
