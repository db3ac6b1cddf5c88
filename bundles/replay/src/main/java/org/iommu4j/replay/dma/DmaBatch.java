package org.iommu4j.replay.dma;

/**
 * Transfers for one device, in the order in which it performs them, with room for their outcome. Used again and again
 * by one thread; nothing is allocated for a transfer.
 *
 * <p>Not every device tells whether a transfer was refused. So that it can be seen in the data, what is read is never 0
 * where memory can be reached, and a write says where in memory its value has to show.
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
    final long[] witness = new long[CAPACITY];
    final boolean[] completed = new boolean[CAPACITY];
    int size;

    /** Adds an 8-byte read. @return its index */
    public int read(long address) {
        return add(READ64, address, 0, 0);
    }

    /** Adds an 8-byte write by a device that tells whether it was refused. @return its index */
    public int write(long address, long value) {
        return add(WRITE64, address, value, 0);
    }

    /**
     * Adds an 8-byte write.
     *
     * @param value not in that place yet
     * @param witness physical address where the value shows if the write is carried out
     * @return its index
     */
    public int write(long address, long value, long witness) {
        return add(WRITE64, address, value, witness);
    }

    /** Adds a 4-byte write, as device registers take them. @return its index */
    public int write32(long address, int value) {
        return add(WRITE32, address, value, 0);
    }

    private int add(int operation, long address, long value, long place) {
        opcode[size] = operation;
        iova[size] = address;
        data[size] = value;
        witness[size] = place;
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

    /** True if the transfer was carried out, false if it was refused: as the device said, or as the data shows. */
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
