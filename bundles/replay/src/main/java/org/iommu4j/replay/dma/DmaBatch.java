package org.iommu4j.replay.dma;

/**
 * Transfers for one device, in the order in which it performs them, with room for their outcome. Used again and again
 * by one thread; nothing is allocated for a transfer.
 */
public final class DmaBatch {
    /** Transfers that fit. */
    public static final int CAPACITY = 1024;

    static final int READ64 = 1;
    static final int WRITE64 = 2;
    static final int WRITE32 = 4;

    final int[] opcode = new int[CAPACITY];
    final long[] iova = new long[CAPACITY];
    final long[] data = new long[CAPACITY];
    final boolean[] completed = new boolean[CAPACITY];
    int size;

    /** Adds an 8-byte read. @return its index */
    public int read(long address) {
        return add(READ64, address, 0);
    }

    /** Adds an 8-byte write. @return its index */
    public int write(long address, long value) {
        return add(WRITE64, address, value);
    }

    /** Adds a 4-byte write, as device registers take them. @return its index */
    public int write32(long address, int value) {
        return add(WRITE32, address, value);
    }

    private int add(int operation, long address, long value) {
        opcode[size] = operation;
        iova[size] = address;
        data[size] = value;
        completed[size] = false;
        return size++;
    }

    public int size() {
        return size;
    }

    /** Where a transfer goes. */
    public long iova(int index) {
        return iova[index];
    }

    /** True if this transfer is a read. */
    public boolean isRead(int index) {
        return opcode[index] == READ64;
    }

    /** True if the device said that the transfer was carried out, false if it was refused. */
    public boolean completed(int index) {
        return completed[index];
    }

    /** What a read brought, or a write wrote. */
    public long data(int index) {
        return data[index];
    }

    /** Empties it. */
    public void clear() {
        size = 0;
    }
}
