"""Draws the pictures beside this script: simple scenes at eight times the size, shrunk to CIFAR-10's 32x32.

    python3 draw.py [FOLDER]        # Pillow 9.4
"""
import math
import pathlib
import random
import sys

from PIL import Image, ImageDraw, ImageFilter

SIDE, TIMES = 32, 8


class Scene:
    """A canvas whose unit is a pixel of the result."""

    def __init__(self, top, bottom, seed):
        self.image = Image.new("RGB", (SIDE * TIMES, SIDE * TIMES))
        self.draw = ImageDraw.Draw(self.image)
        self.random = random.Random(seed)
        self.gradient(0, SIDE, top, bottom)

    def gradient(self, y0, y1, top, bottom):
        for y in range(int(y0 * TIMES), int(y1 * TIMES)):
            share = (y / TIMES - y0) / (y1 - y0)
            colour = tuple(round(a + (b - a) * share) for a, b in zip(top, bottom))
            self.draw.line([(0, y), (SIDE * TIMES, y)], fill=colour)

    def shape(self, points, colour):
        self.draw.polygon([(x * TIMES, y * TIMES) for x, y in points], fill=colour)

    def oval(self, x0, y0, x1, y1, colour):
        self.draw.ellipse([v * TIMES for v in (x0, y0, x1, y1)], fill=colour)

    def box(self, x0, y0, x1, y1, colour):
        self.draw.rectangle([v * TIMES for v in (x0, y0, x1, y1)], fill=colour)

    def line(self, x0, y0, x1, y1, width, colour):
        self.draw.line([v * TIMES for v in (x0, y0, x1, y1)], fill=colour, width=round(width * TIMES))

    def specks(self, y0, y1, colours, count, size):
        for _ in range(count):
            x, y = self.random.uniform(0, SIDE), self.random.uniform(y0, y1)
            self.oval(x, y, x + size * self.random.uniform(0.5, 2), y + size, self.random.choice(colours))

    def save(self, path):
        small = self.image.filter(ImageFilter.GaussianBlur(2)).resize((SIDE, SIDE), Image.BOX)
        pixels = small.load()
        for y in range(SIDE):
            for x in range(SIDE):
                pixels[x, y] = tuple(
                    max(0, min(255, round(v + self.random.gauss(0, 3)))) for v in pixels[x, y])
        small.save(path)


def airplane():
    s = Scene((92, 148, 208), (168, 200, 230), 1)
    s.specks(20, 30, [(190, 212, 234), (200, 218, 236)], 12, 3)
    body = (232, 234, 238)
    s.shape([(3, 15), (6, 13.4), (26, 14), (29, 15.5), (26, 17), (6, 17.2)], body)
    s.shape([(24, 14.5), (28, 8.5), (30, 8.5), (28, 14.8)], (206, 60, 60))
    s.shape([(24, 15.5), (29, 13.2), (31, 13.2), (28, 16)], (190, 195, 205))
    s.shape([(13, 16), (19, 16), (26, 23), (23.5, 23)], (176, 182, 194))
    s.shape([(13, 14.2), (17, 14.2), (21, 9.5), (19.5, 9.5)], (200, 205, 214))
    s.oval(15, 17.5, 18.5, 19.3, (120, 126, 140))
    s.line(7, 15, 24, 15.2, 0.5, (110, 130, 160))
    return s


def ship():
    s = Scene((176, 200, 222), (206, 218, 228), 2)
    s.gradient(20, 32, (52, 96, 136), (30, 66, 104))
    s.shape([(2, 17), (30, 17), (27, 23), (5, 23)], (40, 44, 60))
    s.box(5, 22, 27, 23.2, (150, 40, 40))
    s.box(6, 13, 24, 17, (240, 240, 240))
    s.box(9, 10, 21, 13, (228, 230, 234))
    s.box(12, 5.5, 15, 10, (200, 70, 50))
    s.line(24, 17, 24, 7, 0.5, (60, 60, 60))
    for x in range(7, 23, 2):
        s.box(x, 14.4, x + 1, 15.4, (70, 100, 130))
    s.specks(23.5, 31, [(80, 126, 164), (150, 180, 204)], 40, 0.5)
    return s


def automobile():
    s = Scene((196, 204, 208), (214, 216, 212), 3)
    s.gradient(14, 20, (116, 134, 92), (130, 142, 100))
    s.gradient(20, 32, (110, 110, 112), (88, 88, 92))
    s.oval(3, 24, 30, 27, (52, 52, 56))
    red = (196, 24, 30)
    s.shape([(2, 18.5), (7, 17), (11, 12), (21, 12), (26, 17), (30, 18.5), (30.5, 23.5), (2, 23.5)], red)
    s.shape([(9, 17), (12, 13), (15.6, 13), (15.6, 17)], (58, 74, 90))
    s.shape([(16.6, 13), (20.5, 13), (24, 17), (16.6, 17)], (58, 74, 90))
    s.line(2, 20, 30, 20, 0.4, (150, 14, 20))
    for x in (7.5, 24):
        s.oval(x - 3, 21, x + 3, 27, (20, 20, 22))
        s.oval(x - 1.5, 22.5, x + 1.5, 25.5, (176, 178, 184))
    s.oval(28.6, 19, 30.4, 20.4, (250, 240, 190))
    s.box(2, 19, 3, 20.4, (250, 120, 60))
    return s


def truck():
    s = Scene((170, 196, 222), (208, 216, 220), 4)
    s.gradient(20, 23, (120, 134, 96), (126, 132, 100))
    s.gradient(23, 32, (118, 116, 114), (96, 94, 94))
    s.oval(1, 25, 31, 28, (60, 58, 58))
    s.box(1, 6, 20, 22, (236, 236, 232))
    s.box(1, 6, 20, 7, (200, 202, 204))
    s.box(3, 11, 18, 15, (40, 92, 170))
    s.shape([(21, 10), (26.5, 10), (29, 15.5), (31, 17), (31, 23), (21, 23)], (204, 44, 36))
    s.shape([(22.5, 11.4), (26, 11.4), (28, 15.6), (22.5, 15.6)], (60, 80, 100))
    s.box(1, 22, 31, 24, (50, 50, 54))
    for x in (5, 10, 26):
        s.oval(x - 2.6, 21.8, x + 2.6, 27, (18, 18, 20))
        s.oval(x - 1.1, 23.3, x + 1.1, 25.5, (160, 162, 168))
    return s


def bird():
    s = Scene((150, 186, 150), (104, 146, 96), 5)
    s.specks(0, 32, [(130, 170, 126), (164, 196, 150), (88, 128, 80)], 25, 3.5)
    s.line(0, 25, 32, 23, 1.4, (92, 70, 50))
    s.line(14, 19, 13.5, 24.3, 0.6, (60, 48, 40))
    s.line(17, 19, 17, 24.2, 0.6, (60, 48, 40))
    s.shape([(20, 17), (30, 24), (28, 26), (18, 20)], (84, 70, 60))
    s.oval(8, 10, 23, 21, (150, 110, 80))
    s.oval(8, 12, 18, 21, (226, 150, 90))
    s.oval(5, 5, 14, 14, (110, 86, 70))
    s.shape([(13, 12), (26, 18), (24, 20.5), (14, 18)], (92, 76, 66))
    s.shape([(5.5, 8.5), (1.5, 10), (5.5, 11)], (230, 180, 60))
    s.oval(7, 8, 8.7, 9.7, (12, 12, 12))
    return s


def frog():
    s = Scene((120, 104, 78), (94, 80, 60), 6)
    s.specks(0, 32, [(134, 116, 88), (84, 70, 52), (110, 100, 70)], 60, 1.6)
    green, dark = (92, 140, 52), (62, 100, 36)
    s.oval(1, 15, 13, 27, dark)
    s.oval(19, 15, 31, 27, dark)
    s.oval(5, 10, 27, 28, green)
    s.oval(7, 7, 25, 19, (106, 154, 62))
    s.oval(7, 4, 13, 11, green)
    s.oval(19, 4, 25, 11, green)
    s.oval(8.4, 5.4, 11.8, 9, (220, 190, 70))
    s.oval(20.2, 5.4, 23.6, 9, (220, 190, 70))
    s.oval(9.5, 6.2, 11, 8.4, (10, 10, 10))
    s.oval(21, 6.2, 22.5, 8.4, (10, 10, 10))
    s.line(10, 15, 22, 15, 0.6, dark)
    s.oval(10, 17, 22, 27, (170, 180, 110))
    s.oval(4, 25, 11, 29, green)
    s.oval(21, 25, 28, 29, green)
    return s


def horse():
    s = Scene((172, 200, 226), (196, 212, 220), 7)
    s.gradient(15, 32, (96, 140, 62), (70, 112, 44))
    brown, dark = (122, 70, 36), (60, 34, 20)
    s.oval(8, 11, 24, 20, brown)
    s.shape([(20, 13), (25, 5), (28, 5), (28, 9), (25, 17)], brown)
    s.shape([(25, 4), (28, 4), (32, 9.5), (30.5, 11.5), (26, 9)], brown)
    s.shape([(20, 12.5), (24, 4.5), (26, 4), (23, 12)], dark)
    for x in (9, 12, 20, 22.5):
        s.shape([(x, 17), (x + 2.2, 17), (x + 1.7, 28), (x + 0.4, 28)], brown)
        s.box(x + 0.3, 27, x + 1.9, 28.6, dark)
    s.shape([(9, 12.5), (5, 15), (4, 23), (6, 23), (8, 16)], dark)
    return s


def deer():
    s = Scene((150, 150, 110), (120, 122, 80), 8)
    s.gradient(22, 32, (110, 112, 60), (96, 98, 52))
    s.specks(0, 22, [(120, 128, 84), (164, 160, 120), (104, 112, 72)], 30, 3)
    fur, dark = (168, 120, 78), (110, 74, 46)
    s.oval(7, 12, 23, 20, fur)
    s.shape([(18, 14), (22, 7), (25, 8), (23.5, 17)], fur)
    s.shape([(21, 6), (25, 5), (29, 9), (28, 10.5), (23, 9.5)], fur)
    s.shape([(21, 6.5), (18.5, 4), (22.5, 5.5)], fur)
    for x in (8.5, 11, 19, 21):
        s.shape([(x, 17), (x + 1.6, 17), (x + 1.2, 28.5), (x + 0.4, 28.5)], dark)
    s.line(23, 5.5, 21, 0.5, 0.6, (96, 70, 50))
    s.line(24, 5.3, 26, 0.5, 0.6, (96, 70, 50))
    s.line(22, 3, 19.5, 1.5, 0.5, (96, 70, 50))
    s.line(25, 3, 27.5, 2, 0.5, (96, 70, 50))
    s.oval(6, 13, 9, 17, (236, 226, 210))
    return s


def cat():
    s = Scene((150, 120, 100), (120, 92, 76), 9)
    fur, light = (150, 146, 142), (214, 210, 204)
    s.oval(6, 18, 26, 36, fur)
    s.shape([(6, 4), (13, 9), (7, 14)], fur)
    s.shape([(26, 4), (19, 9), (25, 14)], fur)
    s.shape([(7.5, 6.5), (11, 9), (8, 11)], (200, 150, 150))
    s.shape([(24.5, 6.5), (21, 9), (24, 11)], (200, 150, 150))
    s.oval(6, 7, 26, 24, fur)
    s.oval(11, 15, 21, 23, light)
    for x in (11.5, 20.5):
        s.oval(x - 2, 11.5, x + 2, 15, (190, 200, 90))
        s.oval(x - 0.7, 11.5, x + 0.7, 15, (10, 10, 10))
    s.shape([(14.7, 17), (17.3, 17), (16, 18.6)], (210, 120, 120))
    for x in (13, 16, 19):
        s.line(x, 7.5, x, 10.5, 0.8, (90, 86, 84))
    s.line(5, 17, 11, 18, 0.3, light)
    s.line(27, 17, 21, 18, 0.3, light)
    return s


def dog():
    s = Scene((110, 150, 80), (90, 126, 62), 10)
    fur, dark, light = (176, 122, 70), (96, 60, 34), (232, 214, 190)
    s.oval(7, 19, 25, 38, fur)
    s.oval(12, 22, 20, 36, light)
    s.oval(7, 4, 25, 21, fur)
    s.oval(4.5, 5, 10, 18, dark)
    s.oval(22, 5, 27.5, 18, dark)
    s.oval(11, 12, 21, 22, light)
    s.oval(13.6, 13, 18.4, 16.4, (16, 14, 14))
    s.oval(16 - 5, 9, 16 - 2.6, 11.5, (20, 14, 10))
    s.oval(16 + 2.6, 9, 16 + 5, 11.5, (20, 14, 10))
    s.oval(14.6, 18.5, 17.4, 22.5, (214, 96, 104))
    return s


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    for scene in (airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck):
        scene().save(folder / (scene.__name__ + ".png"))


if __name__ == "__main__":
    main()
