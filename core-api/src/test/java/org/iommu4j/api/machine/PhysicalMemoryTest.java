package org.iommu4j.api.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhysicalMemoryTest {
    private static final long HIGH = 1L << 45;
    private final PhysicalMemory memory = PhysicalMemory.temporary(
            List.of(new MemoryRange(0, 3 * PhysicalMemory.CHUNK / 2), new MemoryRange(HIGH, PhysicalMemory.PAGE)));

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void wordsAreLittleEndianAndStartAsZero() {
        assertEquals(0, memory.load64(HIGH));
        memory.store64(HIGH, 0x0807060504030201L);
        byte[] bytes = new byte[8];
        memory.read(HIGH, bytes, 0, 8);
        assertArrayEquals(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, bytes);
        assertEquals(0x04030201, memory.loadAcquire32(HIGH));
    }

    @Test
    void bytesCrossChunksAtAnyAlignment() {
        byte[] out = new byte[4099];
        new java.util.Random(7).nextBytes(out);
        long pa = PhysicalMemory.CHUNK - 1001;
        memory.write(pa, out, 0, out.length);
        byte[] in = new byte[out.length];
        memory.read(pa, in, 0, in.length);
        assertArrayEquals(out, in);
    }

    @Test
    void onlyAddressesInsideOneRangeAreMemory() {
        assertTrue(memory.contains(HIGH, PhysicalMemory.PAGE));
        assertFalse(memory.contains(HIGH, PhysicalMemory.PAGE + 1));
        assertFalse(memory.contains(-8, 16));
        assertFalse(memory.contains(3 * PhysicalMemory.CHUNK / 2, 1));
    }

    @Test
    void everyAccessOutsideMemoryIsATypedError() {
        long[] outside = {HIGH + PhysicalMemory.PAGE, HIGH - 8, 3 * PhysicalMemory.CHUNK / 2, -8, 1L << 51};
        for (long pa : outside) {
            assertEquals(Reason.BAD_ADDRESS, refused(() -> memory.load64(pa)), Long.toHexString(pa));
            assertEquals(Reason.BAD_ADDRESS, refused(() -> memory.storeRelease64(pa, 1)));
            assertEquals(Reason.BAD_ADDRESS, refused(() -> memory.write(pa, new byte[1], 0, 1)));
        }
    }

    @Test
    void compareAndSetStoresOnlyOverTheExpectedValue() {
        assertFalse(memory.compareAndSet64(64, 1, 2));
        assertTrue(memory.compareAndSet64(64, 0, 2));
        assertEquals(2, memory.loadAcquire64(64));
    }

    @Test
    void rangesLieInTheFileOneAfterTheOther(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("ram");
        try (PhysicalMemory shared = new PhysicalMemory(List.of(new MemoryRange(0, PhysicalMemory.PAGE),
                new MemoryRange(HIGH, PhysicalMemory.PAGE)), path)) {
            shared.store64(0, 11);
            shared.store64(HIGH, 22);
        }
        byte[] file = Files.readAllBytes(path);
        assertEquals(2 * PhysicalMemory.PAGE, file.length);
        assertEquals(11, file[0]);
        assertEquals(22, file[(int) PhysicalMemory.PAGE]);
    }

    @Test
    void aWideLoadNeverSeesHalfOfAWideStore() throws InterruptedException {
        int rounds = 200_000 * Integer.getInteger("iommu4j.scale", 1);
        Thread writer = new Thread(() -> {
            for (long i = 1; i <= rounds; i++) {
                memory.store128(4096, i, ~i);
            }
        });
        memory.store128(4096, 0, ~0L);
        writer.start();
        long[] pair = new long[2];
        do {
            memory.load128(4096, pair, 0);
            assertEquals(pair[0], ~pair[1]);
        } while (pair[0] < rounds);
        writer.join();
    }

    @Test
    void aWideAccessMustBeAligned() {
        assertThrows(IllegalArgumentException.class, () -> memory.store128(8, 0, 0));
    }

    private static Reason refused(Runnable access) {
        return assertThrows(IommuException.class, access::run).reason();
    }
}
