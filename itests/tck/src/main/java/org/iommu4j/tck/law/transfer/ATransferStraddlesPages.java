package org.iommu4j.tck.law.transfer;

import java.util.Arrays;
import java.util.Random;
import org.iommu4j.api.machine.PhysicalMemory;
import org.iommu4j.tck.kit.Broken;
import org.iommu4j.tck.kit.Law;
import org.iommu4j.tck.stage.Mover;
import org.iommu4j.tck.stage.Page;
import org.iommu4j.tck.stage.Scene;
import org.iommu4j.tck.stage.Stage;

/** See {@link #demands}. */
public final class ATransferStraddlesPages implements Law {
    private static final long IOVA = 0x12_3456_0000L;

    @Override
    public String demands() {
        return "A transfer across the end of a page goes on in the page that is mapped next, wherever "
                + "that lies.";
    }

    @Override
    public void check(Stage stage) {
        Scene scene = stage.scene();
        long page = scene.pageSize();
        PhysicalMemory memory = stage.memory();
        Page[] from = {scene.map(IOVA, Stage.RW), scene.map(IOVA + page, Stage.RW)};
        Page[] to = {scene.map(IOVA + 4 * page, Stage.RW), scene.map(IOVA + 5 * page, Stage.RW)};
        int half = Mover.LONGEST / 2;
        byte[] sent = bytes(Mover.LONGEST, stage.tag());
        memory.write(from[0].pa() + page - half, sent, 0, half);
        memory.write(from[1].pa(), sent, half, half);
        int shift = 3;
        scene.mover().copy(IOVA + page - half, IOVA + 5 * page - half - shift, Mover.LONGEST);
        byte[] arrived = new byte[Mover.LONGEST];
        memory.read(to[0].pa() + page - half - shift, arrived, 0, half + shift);
        memory.read(to[1].pa(), arrived, half + shift, half - shift);
        Broken.unlessEqual("first byte that differs", -1, Arrays.mismatch(sent, arrived));
    }

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
