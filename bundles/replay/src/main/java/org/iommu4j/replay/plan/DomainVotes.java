package org.iommu4j.replay.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The domain pointers of a trace by number, in order of appearance, and for each how many of its maps were followed
 * by a {@code dma_*} line of which device. One thread.
 */
final class DomainVotes {

    private final Map<Long, Integer> numbers = new HashMap<>();
    private final List<Long> pointers = new ArrayList<>();
    private final List<int[]> votes = new ArrayList<>();

    int number(long pointer) {
        Integer known = numbers.get(pointer);
        if (known != null) {
            return known;
        }
        numbers.put(pointer, pointers.size());
        pointers.add(pointer);
        votes.add(new int[0]);
        return pointers.size() - 1;
    }

    long pointer(int number) {
        return pointers.get(number);
    }

    void vote(int number, int device) {
        int[] counts = votes.get(number);
        if (device >= counts.length) {
            counts = Arrays.copyOf(counts, device + 1);
            votes.set(number, counts);
        }
        counts[device]++;
    }

    int votes(int number, int device) {
        int[] counts = votes.get(number);
        return device < counts.length ? counts[device] : 0;
    }

    /** The device with most votes, the one seen first on a tie; -1 if there is none. */
    int winner(int number) {
        int[] counts = votes.get(number);
        int winner = -1;
        for (int device = 0; device < counts.length; device++) {
            if (counts[device] > 0 && (winner < 0 || counts[device] > counts[winner])) {
                winner = device;
            }
        }
        return winner;
    }

    int size() {
        return pointers.size();
    }
}
