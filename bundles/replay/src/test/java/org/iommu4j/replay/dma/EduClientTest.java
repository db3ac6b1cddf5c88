package org.iommu4j.replay.dma;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.iommu4j.api.Device;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.PciAddress;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.MemoryRange;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.machine.RegisterSpace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a device that tells nothing did, read from the data. */
class EduClientTest {
    private static final long OWN = 0x5000;
    private static final long OWN_IOVA = 0x9_0000;
    private static final long IOVA = 0x1_0000;
    private static final long FRAME = 0x2000;
    private static final long OTHER_FRAME = 0x3000;

    private final PhysicalMemory memory = PhysicalMemory.temporary(List.of(new MemoryRange(0, 1 << 20)));
    private final FakeEdu edu = new FakeEdu();
    private final EduClient client = new EduClient(device(edu), memory, OWN);
    private final DmaBatch batch = new DmaBatch();

    EduClientTest() {
        client.ownPageAt(OWN_IOVA);
        edu.pages.put(OWN_IOVA, OWN);
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void aReadBringsWhatTheFrameHolds() {
        edu.pages.put(IOVA, FRAME);
        memory.store64(FRAME + 8, 77);
        batch.read(IOVA + 8);
        client.run(batch);
        assertTrue(batch.completed(0));
        assertEquals(77, batch.data(0));
    }

    @Test
    void aReadThatIsRefusedBringsZeros() {
        batch.read(IOVA);
        client.run(batch);
        assertFalse(batch.completed(0));
    }

    @Test
    void aWriteIsDoneIfItShowsWhereItHasTo() {
        edu.pages.put(IOVA, FRAME);
        batch.write(IOVA + 16, 5, FRAME + 16);
        batch.write(IOVA + 24, 6, OTHER_FRAME + 24);
        batch.write(IOVA + 0x1000, 7, FRAME + 32);
        client.run(batch);
        assertTrue(batch.completed(0));
        assertEquals(5, memory.load64(FRAME + 16));
        assertFalse(batch.completed(1), "it went to another frame");
        assertFalse(batch.completed(2), "it was refused");
    }

    @Test
    void aDeviceThatDoesNotReachItsOwnPageProvesNothing() {
        edu.pages.put(IOVA, FRAME);
        edu.pages.remove(OWN_IOVA);
        batch.read(IOVA);
        assertEquals(Reason.IO, assertThrows(IommuException.class, () -> client.run(batch)).reason());
    }

    @Test
    void registersOfOthersAreLeftAlone() {
        batch.write32(IOVA, 0);
        assertEquals(Reason.NOT_SUPPORTED, assertThrows(IommuException.class, () -> client.run(batch)).reason());
        edu.id = 0x47414D44;
        assertEquals(Reason.NO_DEVICE,
                assertThrows(IommuException.class, () -> new EduClient(device(edu), memory, OWN)).reason());
    }

    private static Device device(RegisterSpace bar) {
        return (Device) Proxy.newProxyInstance(Device.class.getClassLoader(), new Class<?>[] {Device.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "bar" -> bar;
                    case "address" -> PciAddress.parse("0000:00:08.0");
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    /** As QEMU's documentation tells, "EDU device": registers at 0x80 to 0x98, a buffer at 0x40000. */
    private final class FakeEdu implements RegisterSpace {
        /** Frames by the IOVA of their page. */
        final Map<Long, Long> pages = new HashMap<>();
        int id = 0x010000ed;
        private final Map<Long, Long> registers = new HashMap<>();
        private long buffer;

        @Override
        public long length() {
            return 1 << 20;
        }

        @Override
        public int read32(long offset) {
            return id;
        }

        @Override
        public long read64(long offset) {
            return registers.getOrDefault(offset, 0L) & ~1L;
        }

        @Override
        public void write32(long offset, int value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write64(long offset, long value) {
            registers.put(offset, value);
            if (offset == 0x98 && value == 1) {
                assertEquals(0x40000, registers.get(0x88L));
                Long frame = frame(registers.get(0x80L));
                buffer = frame == null ? 0 : memory.load64(frame);
            } else if (offset == 0x98 && value == 3) {
                assertEquals(0x40000, registers.get(0x80L));
                Long frame = frame(registers.get(0x88L));
                if (frame != null) {
                    memory.store64(frame, buffer);
                }
            }
        }

        private Long frame(long iova) {
            Long page = pages.get(iova & -4096);
            return page == null ? null : page + (iova & 4095);
        }

        @Override
        public void store64Bytes(long offset, long[] words) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean enqueue64Bytes(long offset, long[] words) {
            throw new UnsupportedOperationException();
        }
    }
}
