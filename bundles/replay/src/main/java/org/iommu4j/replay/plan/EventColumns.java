package org.iommu4j.replay.plan;

import java.util.Arrays;

/** Growing primitive columns, one row an event: a trace of 100,000 events must not become as many objects. */
final class EventColumns {

    static final byte MAP = 0;
    static final byte UNMAP = 1;
    /** In a plan: the domain begins. In the notes of attribution: a device was attached. */
    static final byte START = 2;
    static final byte PHASE = 3;

    private static final int FIRST_SIZE = 1 << 12;

    private int size;
    private byte[] kind = new byte[FIRST_SIZE];
    private byte[] protection = new byte[FIRST_SIZE];
    private int[] line = new int[FIRST_SIZE];
    private int[] owner = new int[FIRST_SIZE];
    private long[] nanos = new long[FIRST_SIZE];
    private long[] iova = new long[FIRST_SIZE];
    private long[] physical = new long[FIRST_SIZE];
    private long[] length = new long[FIRST_SIZE];

    /** Appends a row; gives its index. */
    int add(byte rowKind, int rowOwner, int rowLine, long rowNanos) {
        if (size == kind.length) {
            resize(size * 2);
        }
        kind[size] = rowKind;
        owner[size] = rowOwner;
        line[size] = rowLine;
        nanos[size] = rowNanos;
        return size++;
    }

    void range(int row, long rowIova, long rowPhysical, long rowLength, int rowProtection) {
        iova[row] = rowIova;
        physical[row] = rowPhysical;
        length[row] = rowLength;
        protection[row] = (byte) rowProtection;
    }

    void owner(int row, int rowOwner) {
        owner[row] = rowOwner;
    }

    void protection(int row, int rowProtection) {
        protection[row] = (byte) rowProtection;
    }

    /** Gives back what growth took too much. */
    void trim() {
        resize(size);
    }

    private void resize(int rows) {
        kind = Arrays.copyOf(kind, rows);
        protection = Arrays.copyOf(protection, rows);
        line = Arrays.copyOf(line, rows);
        owner = Arrays.copyOf(owner, rows);
        nanos = Arrays.copyOf(nanos, rows);
        iova = Arrays.copyOf(iova, rows);
        physical = Arrays.copyOf(physical, rows);
        length = Arrays.copyOf(length, rows);
    }

    int size() {
        return size;
    }

    byte kind(int row) {
        return kind[row];
    }

    int owner(int row) {
        return owner[row];
    }

    int line(int row) {
        return line[row];
    }

    long nanos(int row) {
        return nanos[row];
    }

    long iova(int row) {
        return iova[row];
    }

    long physical(int row) {
        return physical[row];
    }

    long length(int row) {
        return length[row];
    }

    int protection(int row) {
        return protection[row];
    }
}
