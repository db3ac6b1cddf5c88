package org.iommu4j.amdvi.entries;

import java.util.List;
import java.util.function.BiConsumer;
import org.iommu4j.amdvi.registers.BaseRegister;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.status.WalkStep;
import org.iommu4j.driver.memory.TableMemory;

/**
 * One unit's device table: an entry for each of the 65536 ids, so that none lies beyond it. Changed by one thread at a
 * time, read by hardware at any time.
 */
public final class DeviceTable {
    /** How many requester ids there are. */
    public static final int REQUESTERS = 1 << 16;

    private static final int BYTES_LG2 = 21;
    /** Requests without PASID. */
    private static final int NO_PASID = 0;

    private final TableMemory memory;
    private final long base;
    private final int gcr3Levels;

    /**
     * @param base of the table
     * @param gcr3Levels of new GCR3 tables
     */
    public DeviceTable(TableMemory memory, long base, int gcr3Levels) {
        this.memory = memory;
        this.base = base;
        this.gcr3Levels = gcr3Levels;
    }

    /** Frames for a table; its entries are not valid yet. @throws org.iommu4j.api.IommuException NO_MEMORY */
    public static long allocate(TableMemory memory) {
        return memory.frames().allocate(BYTES_LG2);
    }

    /** Gives the frames of a table back that hardware does not read any more. */
    public void free() {
        memory.frames().free(base, BYTES_LG2);
    }

    public long base() {
        return base;
    }

    /** What Device Table Base Address holds for it. */
    public long register() {
        return BaseRegister.deviceTable(base, 1L << BYTES_LG2);
    }

    /** Makes every entry one that blocks, while hardware does not use the table. @param settings of each id, by IVHD */
    public void blockAll(byte[] settings) {
        long low = DeviceTableEntry.low(Translation.BLOCKED, 0, 0);
        for (int requester = 0; requester < REQUESTERS; requester++) {
            int setting = Byte.toUnsignedInt(settings[requester]);
            long pa = entry(requester);
            memory.publish(pa + DeviceTableEntry.UPPER, DeviceTableEntry.initialInterrupts(setting));
            memory.publish(pa + DeviceTableEntry.UPPER + Long.BYTES, 0);
            memory.publish(pa + Long.BYTES, DeviceTableEntry.initialHigh(setting));
            memory.publish(pa, low);
        }
    }

    /** What memory says of a requester. @throws org.iommu4j.api.IommuException BAD_INPUT if a table is no frame */
    public Translation read(int requester) {
        long pa = entry(requester);
        long low = memory.load(pa);
        long high = memory.load(pa + Long.BYTES);
        long guestRoot = DeviceTableEntry.isGuest(low) ? gcr3(low, high).pageTable(NO_PASID) : 0;
        return DeviceTableEntry.decode(low, high, guestRoot);
    }

    /**
     * Changes a requester's entry: each transaction is translated by the old or by the new one, or, once both were
     * cached, by either. Nothing is invalidated.
     *
     * @param now not what the entry says already
     * @throws org.iommu4j.api.IommuException NO_MEMORY; the old entry is in force then
     */
    public EntryChange change(int requester, Translation now) {
        long pa = entry(requester);
        long low = memory.load(pa);
        long high = memory.load(pa + Long.BYTES);
        boolean fromGuest = DeviceTableEntry.isGuest(low);
        boolean toGuest = now.kind() == Translation.Kind.GUEST;
        List<Long> replaced = fromGuest ? gcr3(low, high).frames() : List.of();
        long gcr3 = toGuest ? Gcr3Table.of(memory, gcr3Levels, NO_PASID, now.root()).root() : 0;
        EntryChange change = new EntryChange(memory, pa, low, high, replaced, method(requester, fromGuest && toGuest));
        memory.store128(pa, DeviceTableEntry.low(now, gcr3, gcr3Levels), DeviceTableEntry.high(now, gcr3, high));
        return change;
    }

    private AttachMethod method(int requester, boolean swingsTable) {
        if (read(requester).isBlocked()) {
            return AttachMethod.FRESH;
        }
        return swingsTable ? AttachMethod.TABLE_SWING : AttachMethod.ENTRY_UPDATE;
    }

    /** Visits all requesters that are not blocked. */
    public void forEachPresent(BiConsumer<Integer, Translation> visitor) {
        long blocked = DeviceTableEntry.low(Translation.BLOCKED, 0, 0);
        for (int requester = 0; requester < REQUESTERS; requester++) {
            if (memory.load(entry(requester)) != blocked) {
                visitor.accept(requester, read(requester));
            }
        }
    }

    /** Adds each entry on the way to a requester's page table. */
    public void walk(int requester, List<WalkStep> steps) {
        long pa = entry(requester);
        steps.add(memory.step(DeviceTableEntry.LAYOUT, DeviceTableEntry.LAYOUT.name(), pa));
        long low = memory.load(pa);
        if (DeviceTableEntry.isGuest(low)) {
            gcr3(low, memory.load(pa + Long.BYTES)).walk(NO_PASID, steps);
        }
    }

    private Gcr3Table gcr3(long low, long high) {
        return new Gcr3Table(memory, DeviceTableEntry.gcr3(low, high), DeviceTableEntry.gcr3Levels(low));
    }

    private long entry(int requester) {
        return base + (long) requester * DeviceTableEntry.BYTES;
    }
}
