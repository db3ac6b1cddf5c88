package org.iommu4j.replay.play;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.iommu4j.api.Device;
import org.iommu4j.replay.dma.DmaClient;

/**
 * Keeps devices busy over mappings that stand, whoever maps or swaps meanwhile: the load that must not notice a
 * driver's absence. One thread, one channel of every device, one word of every frame.
 */
final class Feeder implements Runnable {
    private static final int PAGES_AT_ONCE = 32;
    /** Where transfers are slow: a mapping that is in use cannot be unmapped. */
    private static final int PAGES_OF_SAMPLE = 2;
    private static final long IDLE_NANOS = 200_000;

    private final Play play;
    private final int channel;
    private final Prober prober;
    private final SplittableRandom random;
    private final Map<Device, DmaClient> clients = new HashMap<>();

    /**
     * @param channel of each device that is this feeder's own
     * @param writer as {@link Prober}
     */
    Feeder(Play play, int channel, int writer) {
        this.play = play;
        this.channel = channel;
        this.prober = new Prober(play.frames(), play.verdict(), writer);
        this.random = new SplittableRandom(writer);
    }

    @Override
    public void run() {
        while (!play.isOver()) {
            Mapping mapping = play.board().pinAny(random);
            if (mapping == null) {
                LockSupport.parkNanos(IDLE_NANOS);
                continue;
            }
            try {
                List<Device> devices = mapping.owner.group().devices();
                Device device = devices.get(random.nextInt(devices.size()));
                if (play.cast().plays(device)) {
                    prober.touchSome(mapping, clientOf(device), random,
                            play.coverage().isWhole() ? PAGES_AT_ONCE : PAGES_OF_SAMPLE);
                }
            } finally {
                mapping.unpin();
            }
        }
    }

    private DmaClient clientOf(Device device) {
        return clients.computeIfAbsent(device, unused -> play.cast().client(device, channel));
    }
}
