package org.iommu4j.tck.stage;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.iommu4j.tck.kit.Broken;

/** A device that reads one address again and again on a thread of its own; it is its scene's only user meanwhile. */
public final class Traffic implements AutoCloseable {
    private final Scene scene;
    private final long iova;
    private final int[] allowed;
    private final Repetition reads;

    /** Returns when some reads have come back. @param allowed what each read must bring, one of them */
    public Traffic(Scene scene, long iova, int... allowed) {
        this.scene = scene;
        this.iova = iova;
        this.allowed = allowed.clone();
        this.reads = new Repetition(this::read);
        reads.goOn();
    }

    /** Waits until it has read some more. @throws Broken as {@link #close} */
    public void goOn() {
        reads.goOn();
    }

    private void read() {
        int got = scene.read(iova);
        Broken.unless(IntStream.of(allowed).anyMatch(each -> each == got),
                String.format("%s reads at %#x meanwhile", scene.mover().device().address(), iova), hex(allowed),
                hex(new int[] {got}));
    }

    /** Ends it. @throws Broken if a read was refused or brought something else */
    @Override
    public void close() {
        reads.close();
    }

    private static String hex(int[] values) {
        return Arrays.stream(values).mapToObj(value -> String.format("%#x", value)).toList().toString();
    }
}
