package org.iommu4j.driver.memory;

import java.util.ArrayList;
import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.machine.Machine;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.layout.Field;
import org.iommu4j.driver.layout.Layout;

/**
 * Memory as requester tables use it. What is stored, hardware reads, whether it snoops processor caches or not.
 *
 * @param machine for 128-bit stores that hardware sees whole
 * @param memory of the board
 * @param frames for new tables; {@link FlushedFrames} where hardware does not snoop
 * @param snooped true if hardware's accesses to these tables snoop processor caches (ECAP.C)
 */
public record TableMemory(Machine machine, PhysicalMemory memory, PageAllocator frames, boolean snooped) {
    private static final int FRAME_LG2 = 12;

    /** @param snooped true if hardware's accesses to requester tables snoop processor caches */
    public static TableMemory of(Unit unit, boolean snooped) {
        PageAllocator frames = snooped ? unit.frames() : new FlushedFrames(unit.frames(), unit.machine());
        return new TableMemory(unit.machine(), unit.memory(), frames, snooped);
    }

    /** A zeroed frame. @throws IommuException NO_MEMORY */
    public long newFrame() {
        return newTable(FRAME_LG2);
    }

    /** A zeroed table of 2^sizeLg2 bytes, aligned to its size. @throws IommuException NO_MEMORY */
    public long newTable(int sizeLg2) {
        return frames.allocate(sizeLg2);
    }

    public void free(long frame) {
        free(frame, FRAME_LG2);
    }

    public void free(long table, int sizeLg2) {
        frames.free(table, sizeLg2);
    }

    /** The word at an address, a multiple of 8. */
    public long load(long pa) {
        return memory.loadAcquire64(pa);
    }

    /** Stores a word after all earlier stores, so that what it points to is filled. */
    public void publish(long pa, long word) {
        memory.storeRelease64(pa, word);
        stored(pa, Long.BYTES);
    }

    /** Stores 16 bytes that hardware sees whole. @param pa multiple of 16 */
    public void store128(long pa, long low, long high) {
        machine.store128(pa, low, high);
        stored(pa, 2 * Long.BYTES);
    }

    /** A frame with the same contents. @throws IommuException NO_MEMORY */
    public long copyOf(long frame) {
        return copyOf(frame, FRAME_LG2);
    }

    /** A table with the same contents. @throws IommuException NO_MEMORY */
    public long copyOf(long table, int sizeLg2) {
        long copy = newTable(sizeLg2);
        for (long offset = 0; offset < 1L << sizeLg2; offset += Long.BYTES) {
            memory.store64(copy + offset, load(table + offset));
        }
        stored(copy, 1L << sizeLg2);
        return copy;
    }

    private void stored(long pa, long bytes) {
        if (!snooped) {
            machine.flush(pa, bytes);
        }
    }

    /**
     * The table that a pointer word leads to, or 0 if it is not present.
     *
     * @throws IommuException BAD_INPUT if it leads out of the frames' pool
     */
    public long table(long pa, Field present, Field pointer) {
        long word = load(pa);
        if (!present.in(word)) {
            return 0;
        }
        long table = pointer.of(word);
        if (!isFrame(table)) {
            throw IommuException.of(Reason.BAD_INPUT, "%s=%#x in the entry at %#x is no frame of the pool %#x + %#x",
                    pointer.name(), table, pa, frames.pool().base(), frames.pool().length());
        }
        return table;
    }

    /** True if it is the address of a frame in the pool. */
    public boolean isFrame(long pa) {
        return (pa & PhysicalMemory.PAGE - 1) == 0 && frames.pool().contains(pa);
    }

    /** The entry as it is now, decoded. */
    public WalkStep step(Layout layout, String name, long pa) {
        List<Long> words = new ArrayList<>();
        long[] values = new long[layout.words()];
        for (int i = 0; i < values.length; i++) {
            values[i] = load(pa + (long) i * Long.BYTES);
            words.add(values[i]);
        }
        return new WalkStep(name, pa, words, layout.decode(values));
    }

    /** Empties a frame, word by word. */
    public void zero(long frame) {
        for (long offset = 0; offset < 1L << FRAME_LG2; offset += Long.BYTES) {
            publish(frame + offset, 0);
        }
    }
}
