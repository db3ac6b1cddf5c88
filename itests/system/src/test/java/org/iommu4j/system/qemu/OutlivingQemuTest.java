package org.iommu4j.system.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.iommu4j.api.Device;
import org.iommu4j.api.Domain;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.dma.DmaDirection;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.status.UnitState;
import org.iommu4j.qemu.machine.QemuBoard;
import org.iommu4j.qemu.machine.QemuDefinition;
import org.iommu4j.qemu.machine.QemuMachine;
import org.iommu4j.qemu.process.QemuProgram;
import org.iommu4j.qemu.qtest.QtestClient;
import org.iommu4j.qemu.qtest.QtestRegisters;
import org.iommu4j.system.rig.Condition;
import org.iommu4j.system.rig.QemuRig;
import org.iommu4j.system.rig.Rig;
import org.iommu4j.vtd.VtdDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JVM dies, QEMU lives on: the next JVM takes over what is in force, or refuses all of it. */
class OutlivingQemuTest {
    private static final long IOVA = Mortal.IOVA;
    private static final long PAGE = Mortal.PAGE;
    private static final long TAG = 0x0123_4567_89ab_cdefL;
    private static final int WORD = Long.BYTES;
    private static final int EDU_REGISTERS = 1 << 20;

    @TempDir
    Path keep;

    @BeforeEach
    void needsQemu() {
        Optional<String> problem = QemuDefinition.INTEL.program().problem();
        Assumptions.assumeTrue(problem.isEmpty(), () -> problem.orElseThrow() + "; " + QemuProgram.INSTALL);
    }

    /** A test that fails half way must not leave a QEMU behind. */
    @AfterEach
    void endQemu() throws IOException {
        if (Files.exists(keep.resolve("process"))) {
            ProcessHandle.of(Long.parseLong(Files.readString(keep.resolve("process"))))
                    .ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "INTEL.*", mode = EnumSource.Mode.MATCH_ALL)
    void whatWasInForceStaysInForceAndGoesOnInTheNextJvm(QemuDefinition definition) throws IOException {
        long first;
        long given;
        long bar;
        long second;
        try (Mortal mortal = new Mortal(definition, keep)) {
            long[] said = mortal.says();
            first = said[0];
            given = said[1];
            bar = said[2];
            mortal.tell();
            second = mortal.says()[0];
        }
        moveDataWhileNobodyIsInCharge(definition, bar);
        try (QemuRig rig = rig(definition)) {
            rig.awaitState(UnitState.DRIVEN);
            Device device = rig.device(Mortal.DEVICE);
            Edu edu = new Edu(device.bar(0));
            Domain domain = device.group().domain();
            assertEquals(second, domain.id());
            assertEquals(Mortal.TARGET + PAGE, rig.domains().translate(domain, IOVA + PAGE));
            rig.memory().storeRelease64(Mortal.SOURCE, ~TAG);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            assertEquals(~TAG, rig.memory().loadAcquire64(Mortal.TARGET + PAGE));

            assertEquals(PAGE, rig.domains().unmap(domain, IOVA + PAGE, PAGE));
            rig.memory().storeRelease64(Mortal.TARGET + PAGE, 0);
            edu.copy(IOVA, IOVA + PAGE, 4);
            assertEquals(0, rig.memory().loadAcquire64(Mortal.TARGET + PAGE), "a write after unmap has returned");
            Condition.await("its fault is reported",
                    () -> rig.faults().stream().anyMatch(fault -> fault.iova() == IOVA + PAGE));

            theDmaApiGoesOn(rig, given);
            newDomainsHaveNewNumbersAndFrames(rig, device, first, second);
        }
        assertFalse(Files.exists(keep.resolve("record")), "the record of a machine that is off");
        assertFalse(Files.exists(keep.resolve("process")), "QEMU after an orderly end");
    }

    private void moveDataWhileNobodyIsInCharge(QemuDefinition definition, long bar) throws IOException {
        QemuMachine machine = new QemuMachine("off", new QemuBoard(definition), definition.program(), () -> { });
        try (PhysicalMemory memory = new PhysicalMemory(machine.ram(), keep.resolve("memory"));
                FileOutputStream commands = new FileOutputStream(keep.resolve("qtest.in").toFile());
                FileInputStream replies = new FileInputStream(keep.resolve("qtest.out").toFile())) {
            QtestClient qtest = new QtestClient("test", commands, replies, () -> "");
            qtest.synchronize();
            memory.storeRelease64(Mortal.SOURCE, TAG);
            new Edu(new QtestRegisters(qtest, bar, EDU_REGISTERS)).copy(IOVA, IOVA + PAGE, WORD);
            assertEquals(TAG, memory.loadAcquire64(Mortal.TARGET + PAGE), "DMA while no JVM is there");
        }
    }

    private static void theDmaApiGoesOn(QemuRig rig, long given) {
        Device other = rig.device(Mortal.OTHER);
        Edu edu = new Edu(other.bar(0));
        rig.memory().storeRelease64(Mortal.OTHER_TARGET, TAG);
        edu.copy(given, given + WORD, WORD);
        assertEquals(TAG, rig.memory().loadAcquire64(Mortal.OTHER_TARGET + WORD));
        long next = rig.dma().map(other, Mortal.OTHER_TARGET + PAGE, PAGE, DmaDirection.BIDIRECTIONAL);
        assertNotEquals(given, next);
        edu.copy(given, next, WORD);
        assertEquals(TAG, rig.memory().loadAcquire64(Mortal.OTHER_TARGET + PAGE));
        assertEquals(PAGE, rig.dma().unmapAt(other, given, PAGE));
        assertEquals(DomainOps.NOT_MAPPED, rig.domains().translate(other.group().defaultDomain(), given));
    }

    private static void newDomainsHaveNewNumbersAndFrames(QemuRig rig, Device device, long first, long second) {
        Domain third = rig.iommu().allocate(device.group());
        assertTrue(third.id() > first && third.id() > second, "its number was taken: " + third);
        rig.domains().map(third, IOVA, Mortal.SOURCE, PAGE, Rig.RW);
        Domain former = device.group().domain();
        assertEquals(Mortal.SOURCE, rig.domains().translate(former, IOVA), "the old table after a new one was made");
        rig.iommu().replace(device.group(), third);
        rig.iommu().free(former);
        assertEquals(Reason.NO_DEVICE,
                assertThrows(IommuException.class, () -> rig.domains().translate(former, IOVA)).reason());
        rig.memory().storeRelease64(Mortal.SOURCE, 0);
        new Edu(device.bar(0)).copy(IOVA, IOVA + WORD, WORD);
        assertEquals(0, rig.memory().loadAcquire64(Mortal.SOURCE + WORD));
    }

    @Test
    void aRecordThatIsNotWholeIsRefusedWhole() throws IOException {
        try (Mortal mortal = new Mortal(QemuDefinition.INTEL_SCALABLE, keep)) {
            mortal.says();
        }
        byte[] record = Files.readAllBytes(keep.resolve("record"));
        record[record.length / 2] ^= 1;
        Files.write(keep.resolve("record"), record);
        assertRefused("checksum");
    }

    @Test
    void aMachineWithoutARecordIsRefusedWhole() throws IOException {
        try (Mortal mortal = new Mortal(QemuDefinition.INTEL_SCALABLE, keep)) {
            mortal.says();
        }
        Files.delete(keep.resolve("record"));
        assertRefused("cannot be read");
    }

    @Test
    void aRecordThatMemoryContradictsIsRefusedWhole() throws IOException {
        byte[] early;
        try (Mortal mortal = new Mortal(QemuDefinition.INTEL_SCALABLE, keep)) {
            mortal.says();
            early = Files.readAllBytes(keep.resolve("record"));
            mortal.tell();
            mortal.says();
        }
        Files.write(keep.resolve("record"), early);
        assertRefused("contradicts the entry of 0000:00:05.0");
    }

    @Test
    void twoJvmsDoNotDriveOneMachine() throws IOException {
        try (Mortal mortal = new Mortal(QemuDefinition.INTEL, keep)) {
            mortal.says();
            QemuMachine second = new QemuMachine("second", new QemuBoard(QemuDefinition.INTEL),
                    QemuDefinition.INTEL.program(), Optional.of(keep), () -> { });
            assertEquals(Reason.BUSY, assertThrows(IommuException.class, second::memoryFile).reason());
        }
    }

    private void assertRefused(String why) {
        try (QemuRig rig = rig(QemuDefinition.INTEL_SCALABLE)) {
            rig.awaitState(UnitState.BLOCKED);
            Condition.await("it is told why", () -> String.join("; ", rig.units().get(0).why()).contains(why));
            rig.add(2);
            Edu edu = new Edu(rig.machine().functions().stream()
                    .filter(each -> each.address().toString().equals(Mortal.DEVICE)).findFirst().orElseThrow().bar(0));
            rig.memory().storeRelease64(Mortal.SOURCE, TAG);
            rig.memory().storeRelease64(Mortal.TARGET, 0);
            edu.copy(IOVA, IOVA + PAGE, WORD);
            assertEquals(0, rig.memory().loadAcquire64(Mortal.TARGET), "a write of a device that was stopped");
            assertEquals(UnitState.BLOCKED, rig.units().get(0).state(), "after another driver has come");
        }
    }

    private QemuRig rig(QemuDefinition definition) {
        return new QemuRig(new QemuBoard(definition), new VtdDriver(), Optional.of(keep));
    }
}
