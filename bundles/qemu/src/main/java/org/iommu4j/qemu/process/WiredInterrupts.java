package org.iommu4j.qemu.process;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.InterruptSink;
import org.iommu4j.qemu.qtest.QtestClient;

/**
 * The interrupt lines of one device, which QEMU tells of between its replies instead of raising them. Messages go to
 * nobody: this machine's processor has its interrupts off.
 */
public final class WiredInterrupts extends Interrupts {
    private static final int NOT_WIRED = -1;

    private final QtestClient qemu;
    private final InterruptSink sink;
    private final int firstLine;
    private final AtomicIntegerArray vectors;

    /**
     * @param qemu has been told to tell of the device's lines
     * @param firstLine number of the device's first line, as firmware tables give it
     * @param lines how many follow
     */
    public WiredInterrupts(String machine, QtestClient qemu, InterruptSink sink, int firstLine, int lines) {
        super(machine);
        this.qemu = qemu;
        this.sink = sink;
        this.firstLine = firstLine;
        int[] none = new int[lines];
        Arrays.fill(none, NOT_WIRED);
        this.vectors = new AtomicIntegerArray(none);
        qemu.onRaise(this::raised);
    }

    @Override
    public void wire(int line, int vector) {
        if (line < firstLine || line >= firstLine + vectors.length()) {
            throw IommuException.of(Reason.NOT_SUPPORTED, "no wired interrupt %d, they are %d to %d", line, firstLine,
                    firstLine + vectors.length() - 1);
        }
        vectors.set(line - firstLine, vector);
    }

    private void raised(int line) {
        if (line >= 0 && line < vectors.length() && vectors.get(line) != NOT_WIRED) {
            sink.interrupt(vectors.get(line));
        }
    }

    /** Any command brings what is waiting. */
    @Override
    boolean look() {
        try {
            qemu.poll();
            return true;
        } catch (IommuException e) {
            // QEMU has ended, which its process is watched for.
            return false;
        }
    }
}
