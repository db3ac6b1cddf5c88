package org.iommu4j.replay.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The devices of a trace by number, in order of appearance, and their groups. One thread. */
final class Topology {

    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    /** Group of each device; a device that no line put into a group counts as a group of its own, below 0. */
    private final List<Integer> groups = new ArrayList<>();

    int number(String device) {
        Integer known = numbers.get(device);
        if (known != null) {
            return known;
        }
        int number = names.size();
        numbers.put(device, number);
        names.add(device);
        groups.add(-1 - number);
        return number;
    }

    void join(int device, int group) {
        groups.set(device, group);
    }

    String name(int device) {
        return names.get(device);
    }

    /** The trace's group number, or a number below 0 that only this device has. */
    int group(int device) {
        return groups.get(device);
    }

    int size() {
        return names.size();
    }
}
