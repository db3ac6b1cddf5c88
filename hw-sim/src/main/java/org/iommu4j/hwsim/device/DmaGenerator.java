package org.iommu4j.hwsim.device;

import java.util.List;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.pci.BarWindow;

/** Registers of a DMA generator; {@link GeneratorLayout} is its manual. */
public final class DmaGenerator implements RegisterSpace {
    private static final int PORTAL_SIZE = 64;
    private static final int PORTAL_WORDS = 8;

    private final GeneratorChannel[] channels;

    private DmaGenerator(GeneratorChannel[] channels) {
        this.channels = channels;
    }

    /**
     * @param engines the channels' threads, dealt out in turn
     * @param first index of the first channel's engine; taken modulo their number
     */
    public static DmaGenerator on(List<DmaEngine> engines, int first, int channels, BusRoute route, DmaSwitch dma) {
        GeneratorChannel[] made = new GeneratorChannel[channels];
        for (int i = 0; i < channels; i++) {
            made[i] = engines.get((first + i) % engines.size()).attach(bell -> new GeneratorChannel(route, dma, bell));
        }
        return new DmaGenerator(made);
    }

    @Override
    public long length() {
        return BarWindow.STEP;
    }

    @Override
    public int read32(long offset) {
        Offsets.check(offset, Integer.BYTES, length());
        return switch ((int) offset) {
            case GeneratorLayout.ID -> GeneratorLayout.ID_VALUE;
            case GeneratorLayout.CHANNELS -> channels.length;
            default -> throw Offsets.refuse(offset, "is no 32-bit register");
        };
    }

    @Override
    public long read64(long offset) {
        GeneratorChannel channel = channel(offset, Long.BYTES);
        int register = register(offset);
        if (register >= GeneratorLayout.RING && register < GeneratorLayout.RING + ringBytes()) {
            return channel.ringWord((register - GeneratorLayout.RING) / Long.BYTES);
        }
        return switch (register) {
            case GeneratorLayout.COMPLETED -> channel.completed();
            case GeneratorLayout.CONSUMED -> channel.consumed();
            case GeneratorLayout.ERRORS -> channel.errors();
            default -> throw Offsets.refuse(offset, "is no readable 64-bit register");
        };
    }

    @Override
    public void write32(long offset, int value) {
        throw Offsets.refuse(offset, "takes no 32-bit write");
    }

    @Override
    public void write64(long offset, long value) {
        GeneratorChannel channel = channel(offset, Long.BYTES);
        switch (register(offset)) {
            case GeneratorLayout.CONSUMED -> channel.consume(value);
            case GeneratorLayout.ERRORS -> channel.clearErrors(value);
            default -> throw Offsets.refuse(offset, "is no writable 64-bit register");
        }
    }

    @Override
    public void store64Bytes(long offset, long[] words) {
        portal(offset, words).post(words);
    }

    @Override
    public boolean enqueue64Bytes(long offset, long[] words) {
        return portal(offset, words).enqueue(words);
    }

    private GeneratorChannel portal(long offset, long[] words) {
        if (words.length != PORTAL_WORDS) {
            throw IommuException.of(Reason.INCOMPATIBLE, "%d words, a 64-byte write has %d", words.length,
                    PORTAL_WORDS);
        }
        GeneratorChannel channel = channel(offset, PORTAL_SIZE);
        if (register(offset) != GeneratorLayout.PORTAL) {
            throw Offsets.refuse(offset, "is no portal");
        }
        return channel;
    }

    private GeneratorChannel channel(long offset, int size) {
        Offsets.check(offset, size, length());
        int index = (int) (offset >>> GeneratorLayout.WINDOW_LG2) - 1;
        if (index < 0 || index >= channels.length) {
            throw Offsets.refuse(offset, "is in no window of the " + channels.length + " channels");
        }
        return channels[index];
    }

    private static int register(long offset) {
        return (int) offset & (1 << GeneratorLayout.WINDOW_LG2) - 1;
    }

    private static int ringBytes() {
        return GeneratorLayout.RING_ENTRIES * GeneratorLayout.RING_ENTRY;
    }
}
