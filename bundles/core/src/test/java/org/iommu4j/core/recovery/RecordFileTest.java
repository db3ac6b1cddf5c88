package org.iommu4j.core.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.DomainType;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.HandoverRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {
    private static final MachineRecord RECORD = new MachineRecord("qemu-intel",
            List.of(new MachineRecord.UnitRow(0xfed9_0000L, "vtd", new HandoverRecord("vtd", 2,
                    Map.of("root", new long[] {1L << 40, 1}, "domains", new long[] {}), Set.of("counts")))),
            List.of(new MachineRecord.DomainRow(3, DomainType.DMA_FQ, Set.of(), 0, false),
                    new MachineRecord.DomainRow(7, DomainType.PAGING, Set.of(DomainFlag.DIRTY_TRACKING), 0, true)),
            List.of(new MachineRecord.GroupRow(PciAddress.parse("0000:00:05.0"), 7, 3, "vfio", 2)));
    private static final int HEADER = 16;

    @TempDir
    Path directory;
    private Path path;
    private RecordFile file;

    @BeforeEach
    void name() {
        path = directory.resolve("record");
        file = new RecordFile(path);
    }

    @Test
    void whatWasWrittenIsReadAgain() throws IOException {
        file.write(new byte[] {1, 2, 3});
        file.write(RecordFile.bytes(RECORD));
        MachineRecord read = file.read();
        assertEquals(RECORD.domains(), read.domains());
        assertEquals(RECORD.groups(), read.groups());
        assertEquals(RECORD.machine(), read.machine());
        assertArrayEquals(new long[] {1L << 40, 1}, read.units().get(0).record().tags().get("root"));
        assertArrayEquals(RecordFile.bytes(RECORD), RecordFile.bytes(read));
        try (var files = Files.list(directory)) {
            assertEquals(List.of(path), files.toList());
        }
    }

    @Test
    void aRecordThatEndsEarlyOrGoesOnIsRefused() throws IOException {
        byte[] whole = RecordFile.bytes(RECORD);
        for (int length = 0; length < whole.length; length++) {
            refused(Arrays.copyOf(whole, length));
        }
        refused(Arrays.copyOf(whole, whole.length + 1));
    }

    @Test
    void aRecordWithAnyBitFlippedIsRefused() throws IOException {
        byte[] whole = RecordFile.bytes(RECORD);
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / Byte.SIZE] ^= 1 << bit % Byte.SIZE;
            refused(flipped);
        }
    }

    @Test
    void theMessageTellsFileAndReason() throws IOException {
        byte[] whole = RecordFile.bytes(RECORD);
        assertTrue(refused(new byte[HEADER]).contains("is no record"));
        byte[] newer = whole.clone();
        newer[7]++;
        assertTrue(refused(newer).contains("is of version 2, this core reads 1"));
        byte[] changed = whole.clone();
        changed[HEADER]++;
        assertTrue(refused(changed).contains("has a wrong checksum"));
        Files.delete(path);
        assertTrue(assertThrows(IommuException.class, file::read).getMessage().contains("cannot be read"));
    }

    private String refused(byte[] bytes) throws IOException {
        Files.write(path, bytes);
        IommuException refused = assertThrows(IommuException.class, file::read);
        assertEquals(Reason.BAD_INPUT, refused.reason());
        assertTrue(refused.getMessage().contains(path.toString()), refused.getMessage());
        return refused.getMessage();
    }
}
