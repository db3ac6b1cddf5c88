package org.iommu4j.system.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Protection;
import org.iommu4j.api.Reason;
import org.iommu4j.api.fault.DmaFault;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver that the simulated machine is driven with, on hardware that others have written. */
class QemuDriverTest {
    private static final List<String> DEVICES = List.of("0000:00:05.0", "0000:00:06.0", "0000:01:00.0");
    private static final long IOVA = 0x12_3456_7000L;
    private static final long PAGE = PhysicalMemory.PAGE;
    /** From the start of memory on. */
    private static final long SOURCE = 0x100_0000;
    private static final long TARGET = 0x200_0000;
    private static final long TAG = 0x0123_4567_89ab_cdefL;
    private static final int WORD = Long.BYTES;
    /** One request is one fault. */
    private static final int ONE_REQUEST = 4;
    /** Second-stage entry without write, without read permission (VT-d specification, section 7.1.3). */
    private static final int NOT_WRITABLE = 0x05;
    private static final int NOT_READABLE = 0x06;
    /** First-stage entry not present. */
    private static final int NOT_PRESENT = 0x71;
    /** F_TRANSLATION (SMMUv3 specification, section 7.3.12). */
    private static final int NOT_TRANSLATED = 0x10;

    @ParameterizedTest
    @EnumSource
    void everyDeviceMovesDataBothWaysThroughItsMapping(QemuDefinition definition) {
        try (QemuRig rig = new QemuRig(definition)) {
            List<String> devices = devices(definition);
            for (int i = 0; i < devices.size(); i++) {
                Device device = rig.device(devices.get(i));
                Edu edu = new Edu(device.bar(0));
                assertEquals(0x010000ed, edu.id());
                long source = start(rig) + SOURCE + i * PAGE;
                long target = start(rig) + TARGET + i * PAGE;
                attached(rig, device, source, target);
                rig.memory().storeRelease64(source, TAG + i);
                edu.copy(IOVA, IOVA + PAGE, WORD);
                assertEquals(TAG + i, rig.memory().loadAcquire64(target), device.address().toString());
            }
            assertEquals(List.of(), rig.faults());
        }
    }

    @ParameterizedTest
    @EnumSource
    void largePagesAreTranslatedToTheirLastByte(QemuDefinition definition) {
        try (QemuRig rig = new QemuRig(definition)) {
            Device device = rig.device(DEVICES.get(0));
            Domain domain = rig.iommu().allocate(device.group());
            long large = 1 << 21;
            long page = start(rig) + 4 * large;
            rig.domains().map(domain, large, page, large, Rig.RW);
            rig.iommu().replace(device.group(), domain);
            rig.memory().storeRelease64(page, TAG);
            new Edu(device.bar(0)).copy(large, 2 * large - WORD, WORD);
            assertEquals(TAG, rig.memory().loadAcquire64(page + large - WORD));
        }
    }

    @ParameterizedTest
    @EnumSource(names = "(INTEL|ARM).*", mode = EnumSource.Mode.MATCH_ALL)
    void whatIsNotMappedFaultsWithItsAddressAndWhatIsUnmappedIsOutOfReach(QemuDefinition definition) {
        try (QemuRig rig = new QemuRig(definition)) {
            long source = start(rig) + SOURCE;
            long target = start(rig) + TARGET;
            Device device = rig.device(DEVICES.get(0));
            Edu edu = new Edu(device.bar(0));
            Domain domain = attached(rig, device, source, target);
            rig.memory().storeRelease64(source, TAG);
            edu.copy(IOVA, IOVA + PAGE, WORD);

            long hole = IOVA + 5 * PAGE;
            edu.read(hole, ONE_REQUEST);
            assertFault(awaitFault(rig), device, hole, Protection.READ, code(definition, NOT_READABLE));

            assertEquals(PAGE, rig.domains().unmap(domain, IOVA + PAGE, PAGE));
            assertEquals(DomainOps.NOT_MAPPED, rig.domains().translate(domain, IOVA + PAGE));
            rig.memory().storeRelease64(target, 0);
            edu.copy(IOVA, IOVA + PAGE, ONE_REQUEST);
            assertEquals(0, rig.memory().loadAcquire64(target), "a write after unmap has returned");
            Condition.await("the second fault", () -> rig.faults().size() > 1);
            DmaFault second = rig.faults().stream().filter(fault -> fault.iova() == IOVA + PAGE).findFirst()
                    .orElseThrow();
            assertFault(second, device, IOVA + PAGE, Protection.WRITE, code(definition, NOT_WRITABLE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReplaceIsInForceWhenItReturnsAndABlockedDeviceReachesNothing(QemuDefinition definition) {
        try (QemuRig rig = new QemuRig(definition)) {
            long source = start(rig) + SOURCE;
            long target = start(rig) + TARGET;
            Device device = rig.device(last(definition));
            Edu edu = new Edu(device.bar(0));
            attached(rig, device, source, target);
            rig.memory().storeRelease64(source, TAG);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            attached(rig, device, source, target + PAGE);
            rig.memory().storeRelease64(target, 0);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            assertEquals(0, rig.memory().loadAcquire64(target), "a write through the old domain");
            assertEquals(TAG, rig.memory().loadAcquire64(target + PAGE));
            rig.iommu().replace(device.group(), rig.iommu().blocked());
            rig.memory().storeRelease64(target + PAGE, 0);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            assertEquals(0, rig.memory().loadAcquire64(target + PAGE), "a write of a blocked device");
        }
    }

    @ParameterizedTest
    @EnumSource
    void mappingsStayInForceWithoutADriverAndASuccessorAdoptsThem(QemuDefinition definition) {
        try (QemuRig rig = new QemuRig(definition)) {
            long source = start(rig) + SOURCE;
            long target = start(rig) + TARGET;
            Device device = rig.device(DEVICES.get(0));
            Edu edu = new Edu(device.bar(0));
            Domain domain = attached(rig, device, source, target);
            rig.remove(1);
            rig.memory().storeRelease64(source, TAG);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            assertEquals(TAG, rig.memory().loadAcquire64(target), "DMA while nobody is in charge");
            rig.add(2);
            rig.awaitState(UnitState.DRIVEN);
            assertEquals(target, rig.domains().translate(domain, IOVA + PAGE));
            assertEquals(PAGE, rig.domains().unmap(domain, IOVA + PAGE, PAGE));
            rig.memory().storeRelease64(target, 0);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            assertEquals(0, rig.memory().loadAcquire64(target), "a write after the successor has unmapped");
        }
    }

    @Test
    void aQemuThatDiesIsAMachineThatWasPulledOut() throws InterruptedException {
        try (QemuRig rig = new QemuRig(QemuDefinition.INTEL)) {
            long source = start(rig) + SOURCE;
            long target = start(rig) + TARGET;
            Device device = rig.device(DEVICES.get(0));
            Domain domain = attached(rig, device, source, target);
            DomainOps domains = rig.domains();
            ProcessHandle.current().children().filter(child -> child.info().command().orElse("").contains("qemu"))
                    .forEach(ProcessHandle::destroyForcibly);
            assertTrue(rig.dead().await(Rig.BOUND_NANOS, TimeUnit.NANOSECONDS), "core lets go of the machine");
            Reason reason = assertThrows(IommuException.class, () -> domains.unmap(domain, IOVA, PAGE)).reason();
            assertTrue(reason == Reason.DRIVER_GONE || reason == Reason.NO_DEVICE || reason == Reason.IO,
                    reason.toString());
            assertFalse(rig.units().stream().anyMatch(unit -> unit.machine().equals(rig.machine().name())));
        }
    }

    /** AMD's unit takes requests of devices behind a bridge for those of bus 0. */
    private static List<String> devices(QemuDefinition definition) {
        return definition == QemuDefinition.AMD ? DEVICES.subList(0, 2) : DEVICES;
    }

    private static String last(QemuDefinition definition) {
        List<String> devices = devices(definition);
        return devices.get(devices.size() - 1);
    }

    /** Where memory begins. */
    private static long start(QemuRig rig) {
        return rig.memory().ranges().get(0).start();
    }

    /** Puts a device into a new domain with two pages. */
    private static Domain attached(QemuRig rig, Device device, long first, long second) {
        Domain domain = rig.iommu().allocate(device.group());
        rig.domains().map(domain, IOVA, first, PAGE, Rig.RW);
        rig.domains().map(domain, IOVA + PAGE, second, PAGE, Rig.RW);
        rig.iommu().replace(device.group(), domain);
        return domain;
    }

    private static int code(QemuDefinition definition, int ofSecondStage) {
        return switch (definition) {
            case INTEL_FIRST_STAGE -> NOT_PRESENT;
            case ARM -> NOT_TRANSLATED;
            default -> ofSecondStage;
        };
    }

    private static DmaFault awaitFault(QemuRig rig) {
        Condition.await("a fault is reported", () -> !rig.faults().isEmpty());
        return rig.faults().get(0);
    }

    private static void assertFault(DmaFault fault, Device device, long iova, int access, int code) {
        assertEquals(device.address(), fault.source());
        assertEquals(iova, fault.iova());
        assertEquals(access, fault.access());
        assertEquals(code, fault.code());
    }
}
