package org.efficientzoo.training.sample;

/**
 * The ten classes. Some differ in shape alone, some in texture alone, some in colour alone; all
 * else is random.
 */
enum Kind {
    STRIPED_DISC(Shape.DISC, Texture.STRIPES, Hues.ALL),
    SPOTTED_DISC(Shape.DISC, Texture.SPOTS, Hues.ALL),
    STRIPED_SQUARE(Shape.SQUARE, Texture.STRIPES, Hues.ALL),
    SPOTTED_SQUARE(Shape.SQUARE, Texture.SPOTS, Hues.ALL),
    WARM_STAR(Shape.STAR, Texture.ANY, Hues.WARM),
    COLD_STAR(Shape.STAR, Texture.ANY, Hues.COLD),
    WARM_TRIANGLE(Shape.TRIANGLE, Texture.ANY, Hues.WARM),
    COLD_TRIANGLE(Shape.TRIANGLE, Texture.ANY, Hues.COLD),
    RING(Shape.RING, Texture.ANY, Hues.ALL),
    CROSS(Shape.CROSS, Texture.ANY, Hues.ALL);

    /** How the inside is filled. */
    enum Texture {
        PLAIN,
        STRIPES,
        SPOTS,
        /** Any of the others. */
        ANY
    }

    /** Colours by their hue, as a share of the circle that begins with red. */
    enum Hues {
        ALL(0, 1),
        WARM(-0.06, 0.14), // red to yellow
        COLD(0.45, 0.68); // cyan to blue

        final double from;
        final double to;

        Hues(double from, double to) {
            this.from = from;
            this.to = to;
        }
    }

    final Shape shape;
    final Texture texture;
    final Hues hues;

    Kind(Shape shape, Texture texture, Hues hues) {
        this.shape = shape;
        this.texture = texture;
        this.hues = hues;
    }

    /** The name of the class's folder. */
    String folder() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
